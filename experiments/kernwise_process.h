// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Commands of kernwise in processes of their own, as a user would give them: --isa works for whole
// processes only.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise::experiments {

// Runs the `kernwise` beside this program with these words, --json and -q; gives `result` of what
// it answers. An exit code other than 0 is an error, and so is 1 unless `criterion_may_fail`.
Result<nlohmann::ordered_json> kernwise_json(std::vector<std::string> words,
                                             bool criterion_may_fail = false);

}  // namespace kernwise::experiments
