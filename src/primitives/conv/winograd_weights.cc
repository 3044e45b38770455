// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>

#include "conv/winograd_transform.h"

namespace kernwise::detail {
namespace {

// Lavin & Gray, section 4.1 and 4.2.
constexpr double kG2[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
constexpr double kG4[6][3] = {{1.0 / 4, 0, 0},
                              {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                              {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                              {1.0 / 24, 1.0 / 12, 1.0 / 6},
                              {1.0 / 24, -1.0 / 12, 1.0 / 6},
                              {0, 0, 1}};

}  // namespace

void winograd_weights(int64_t m, int64_t ic, int64_t oc, std::span<const float> weights,
                      float* packed) {
  const double(*g)[3] = m == 2 ? kG2 : kG4;
  const int64_t size = m + 2, position_floats = packed_b_floats(ic, oc);
  std::fill_n(packed, size * size * position_floats, 0.0f);
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < ic; ++i)
    for (int64_t o = 0; o < oc; ++o) {
      const float* filter = weights.data() + (o * ic + i) * 9;
      float* to = packed + packed_b_offset(ic, oc, i, o);
      double half[6][3];
      for (int64_t y = 0; y < size; ++y)
        for (int64_t x = 0; x < 3; ++x)
          half[y][x] = g[y][0] * filter[x] + g[y][1] * filter[3 + x] + g[y][2] * filter[6 + x];
      for (int64_t y = 0; y < size; ++y)
        for (int64_t x = 0; x < size; ++x)
          to[(y * size + x) * position_floats] = static_cast<float>(
              half[y][0] * g[x][0] + half[y][1] * g[x][1] + half[y][2] * g[x][2]);
    }
}

}  // namespace kernwise::detail
