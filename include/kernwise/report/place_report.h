// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise place`: a table of kernels with the copies between resources, the total
// with its interval and what is proven about it, and the placement beside the naive ways and the
// best of all.
#pragma once

#include <string>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/place_program.h"

namespace kernwise {

std::string place_json(const PlaceOutcome& outcome, double tolerance, const Envelope& envelope);
std::string place_text(const PlaceOutcome& outcome, double tolerance, const TextStyle& style);

}  // namespace kernwise
