// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "support.h"

namespace kernwise::detail {

Status check_weights(const Problem& problem, const WeightView& weights) {
  const auto check = [&](const char* what, size_t have, int64_t want) -> Status {
    if (static_cast<int64_t>(have) == want) return Ok{};
    return invalid_input(to_string(problem) + " takes " + std::to_string(want) + " " + what +
                         " values, not " + std::to_string(have));
  };
  KERNWISE_TRY(check("weight", weights.weights.size(), weight_elements(problem)));
  return check("bias", weights.bias.size(), bias_elements(problem));
}

}  // namespace kernwise::detail
