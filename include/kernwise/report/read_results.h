// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Results read back from the JSON that commands print (docs/formats/json.md).
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "kernwise/base/result.h"
#include "kernwise/select/plan.h"
#include "kernwise/workflow/run_plan.h"

namespace kernwise {

// A plan file, or what `plan --json` or `run --json` printed. Untrusted; `file` is for messages.
// Other documents, broken ones and those of another version: kInvalidInput. A plan from `plan
// --json` has what that prints, and cannot be run; a run has no input and output and no context of
// its plan but what `run` prints.
Result<std::variant<Plan, RunOutcome>> read_plan_or_run(std::string_view text,
                                                        const std::string& file);

}  // namespace kernwise
