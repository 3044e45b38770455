// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise run`: planned and measured time side by side, memory, verification.
#pragma once

#include <string>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/run_plan.h"

namespace kernwise {

// False only if there was a verification and its worst error exceeds the tolerance (or is no
// number at all).
bool verified(const RunOutcome& outcome, double tolerance);

std::string run_json(const RunOutcome& outcome, double tolerance, const Envelope& envelope);
std::string run_text(const RunOutcome& outcome, double tolerance, const TextStyle& style);

}  // namespace kernwise
