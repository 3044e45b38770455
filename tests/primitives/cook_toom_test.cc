// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The generated matrices against what they must do, in exact arithmetic.
#include "primitives/conv/cook_toom.h"

#include <gtest/gtest.h>

#include <utility>

namespace kernwise::detail {
namespace {

// A bilinear algorithm computes the filter if and only if the coefficient of g[k] d[i + k] in y[i]
// is one and all others are zero.
TEST(CookToom, FiltersExactly) {
  for (const auto& [m, r] : {std::pair{1, 1},
                             {2, 3},
                             {3, 3},
                             {4, 3},
                             {6, 3},
                             {8, 3},
                             {2, 5},
                             {3, 5},
                             {4, 5},
                             {6, 5},
                             {2, 7},
                             {4, 7},
                             {1, 4},
                             {4, 1},
                             {3, 2},
                             {2, 9}}) {
    const CookToom matrices = cook_toom(m, r);
    const int n = matrices.products();
    for (int i = 0; i < m; ++i)
      for (int k = 0; k < r; ++k)
        for (int d = 0; d < n; ++d) {
          Rational sum = 0;
          for (int j = 0; j < n; ++j)
            sum = sum + matrices.at[i][j] * matrices.g[j][k] * matrices.bt[j][d];
          EXPECT_EQ(sum, Rational(d == i + k)) << "F(" << m << ", " << r << ")";
        }
  }
}

TEST(CookToom, GivesThePublishedMatrices) {
  constexpr CookToom kF4 = cook_toom(4, 3);  // Lavin & Gray, section 4.2, up to signs of rows
  static_assert(kF4.bt[0][0] == Rational(4) && kF4.bt[0][2] == Rational(-5));
  static_assert(kF4.g[0][0] == Rational(1, 4) && kF4.g[1][0] == Rational(-1, 6));
  static_assert(kF4.g[3][1] == Rational(1, 12) && kF4.at[3][3] == Rational(8));
  static_assert(kF4.bt[kMostProducts - 1][0] == Rational(0));
  constexpr CookToom kF2 = cook_toom(2, 3);  // section 4.1
  static_assert(kF2.g[1][0] == Rational(1, 2) && kF2.g[2][1] == Rational(-1, 2));
  EXPECT_EQ(kF2.products(), 4);
}

// What the kernels compute with must be what the generator says: exact in float.
TEST(CookToom, KeepsInexactFractionsInTheWeights) {
  for (const auto& [m, r] : {std::pair{3, 3}, {6, 3}, {3, 5}, {4, 5}, {4, 7}}) {
    const CookToom matrices = cook_toom(m, r);
    for (const auto* matrix : {&matrices.bt, &matrices.at})
      for (const auto& row : *matrix)
        for (const Rational& value : row)
          EXPECT_EQ(static_cast<double>(static_cast<float>(value.value())), value.value());
    for (const auto& row : matrices.bt)
      for (const Rational& value : row)
        EXPECT_EQ(value.denominator & (value.denominator - 1), 0) << "a power of two";
  }
}

}  // namespace
}  // namespace kernwise::detail
