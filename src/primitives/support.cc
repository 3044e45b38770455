// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "support.h"

#include <algorithm>

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

void zero_channel_padding(const Shape4& shape, Layout layout, float* data) {
  const int64_t block = layout == Layout::kNchw8c ? 8 : layout == Layout::kNchw16c ? 16 : 1;
  const int64_t valid = shape.c % block, plane = shape.h * shape.w;
  if (valid == 0) return;
  const int64_t blocks = shape.c / block + 1;
  for (int64_t n = 0; n < shape.n; ++n) {
    float* last = data + ((n + 1) * blocks - 1) * plane * block;
    for (int64_t i = 0; i < plane; ++i)
      std::fill(last + i * block + valid, last + (i + 1) * block, 0.0f);
  }
}

}  // namespace kernwise::detail
