// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>

#include "conv/cook_toom.h"
#include "conv/winograd_transform.h"

namespace kernwise::detail {

void winograd_weights(const WinogradForm& form, int64_t ic, int64_t oc,
                      std::span<const float> weights, float* packed) {
  const CookToom matrices = cook_toom(static_cast<int>(form.m), static_cast<int>(form.r));
  const int64_t n = form.products(), r = form.r, position_floats = packed_b_floats(ic, oc);
  const bool both = form.axes == Axes::kBoth;
  double g[kMostProducts][kMostProducts] = {};
  for (int64_t j = 0; j < n; ++j)
    for (int64_t k = 0; k < r; ++k) g[j][k] = matrices.g[j][k].value();

  std::fill_n(packed, form.positions() * position_floats, 0.0f);
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < ic; ++i)
    for (int64_t o = 0; o < oc; ++o) {
      const float* filter = weights.data() + (o * ic + i) * (both ? r * r : r);
      float* to = packed + packed_b_offset(ic, oc, i, o);
      double half[kMostProducts][kMostProducts] = {};  // G g; g itself with one axis
      for (int64_t y = 0; y < (both ? n : 1); ++y)
        for (int64_t x = 0; x < r; ++x) {
          if (!both) half[y][x] = filter[x];
          for (int64_t k = 0; k < (both ? r : 0); ++k) half[y][x] += g[y][k] * filter[k * r + x];
        }
      for (int64_t position = 0; position < form.positions(); ++position) {
        double sum = 0;
        for (int64_t k = 0; k < r; ++k) sum += half[position / n][k] * g[position % n][k];
        to[position * position_floats] = static_cast<float>(sum);
      }
    }
}

}  // namespace kernwise::detail
