// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise profile --training`: every step, predicted and measured.
#pragma once

#include <string>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/profile_training.h"

namespace kernwise {

// `device_file`: where a device was written to; "" if none was.
std::string training_json(const TrainingProfileOutcome& outcome, const std::string& device_file,
                          const Envelope& envelope);
std::string training_text(const TrainingProfileOutcome& outcome, const std::string& device_file,
                          const TextStyle& style);

}  // namespace kernwise
