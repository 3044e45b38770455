// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Least squares of relative errors with a few weights that are not negative: what a few costs add
// up to.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace kernwise::detail {

template <std::size_t N>
struct NnlsRow {
  std::array<double, N> x = {};
  double y = 0, unit = 1;  // errors count in this unit, > 0
};

// Cyclic coordinate descent, which converges for a convex problem with bounds (Franc, Hlavac &
// Navara 2005). All 0 without rows.
template <std::size_t N>
std::array<double, N> small_nnls(const std::vector<NnlsRow<N>>& rows) {
  std::array<std::array<double, N>, N> a = {};
  std::array<double, N> b = {}, w = {};
  for (const NnlsRow<N>& row : rows) {
    for (std::size_t i = 0; i < N; ++i) {
      b[i] += row.x[i] * row.y / (row.unit * row.unit);
      for (std::size_t j = 0; j < N; ++j) a[i][j] += row.x[i] * row.x[j] / (row.unit * row.unit);
    }
  }
  constexpr int kSweeps = 2000;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t i = 0; i < N; ++i) {
      if (a[i][i] <= 0) continue;
      double rest = b[i];
      for (std::size_t j = 0; j < N; ++j) rest -= j == i ? 0 : a[i][j] * w[j];
      w[i] = rest > 0 ? rest / a[i][i] : 0;
    }
  }
  return w;
}

}  // namespace kernwise::detail
