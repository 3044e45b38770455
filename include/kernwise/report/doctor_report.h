// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise doctor`: is this machine fit to measure?
#pragma once

#include <string>

#include "kernwise/device/device.h"
#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"

namespace kernwise {

// No check is bad and the grade is C or better.
bool fit_to_measure(const DoctorReport& report);

std::string doctor_json(const DoctorReport& report, const Envelope& envelope);
std::string doctor_text(const DoctorReport& report, const TextStyle& style);

}  // namespace kernwise
