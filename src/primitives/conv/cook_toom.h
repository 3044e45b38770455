// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The matrices of a one-dimensional minimal filtering algorithm F(m, r), by the Cook-Toom
// construction: m outputs of a filter with r taps from m + r - 1 products,
//
//   y = A^T [ (G g) . (B^T d) ],   y[i] = sum of d[i + k] g[k]
//
// (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, eq. 7). With the
// points a_0 ... a_(n-2), infinity, where n = m + r - 1, and f_j = prod_(l != j) (a_j - a_l):
//
//   A^T[i][j] = a_j^i,   G[j][k] = a_j^k / f_j,
//   B^T[j][.] = coefficients of prod_(l != j) (x - a_l)
//
// and for infinity A^T[m-1] = G[.][r-1] = 1, B^T[n-1][.] = coefficients of prod (x - a_l)
// (Barabasz, Anderson, Soodhalter & Gregg, "Error Analysis and Improving the Accuracy of Winograd
// Convolution for Deep Neural Networks", ACM TOMS 2020, section 3). All denominators that are not
// powers of two stand in G, so B^T and A^T are exact in float.
//
// Points: 0, then pairs a, -a, whose rows differ in the signs of every other coefficient only;
// where n is odd, the last finite point has no partner.
// Small numerators and denominators keep the rounding small (same paper, section 5).
#pragma once

#include <array>
#include <cstdint>
#include <numeric>

namespace kernwise::detail {

struct Rational {
  int64_t numerator, denominator;  // in lowest terms, denominator > 0

  constexpr Rational(int64_t n = 0, int64_t d = 1) {  // NOLINT: an integer is a rational number
    const int64_t divisor = (d < 0 ? -1 : 1) * std::gcd(n, d);
    numerator = n / divisor;
    denominator = d / divisor;
  }
  constexpr Rational operator+(const Rational& o) const {
    return {numerator * o.denominator + o.numerator * denominator, denominator * o.denominator};
  }
  constexpr Rational operator-(const Rational& o) const { return *this + o * -1; }
  constexpr Rational operator*(const Rational& o) const {
    return {numerator * o.numerator, denominator * o.denominator};
  }
  constexpr Rational operator/(const Rational& o) const {
    return *this * Rational(o.denominator, o.numerator);
  }
  friend constexpr bool operator==(const Rational&, const Rational&) = default;
  constexpr double value() const {
    return static_cast<double>(numerator) / static_cast<double>(denominator);
  }
};

inline constexpr int kMostProducts = 10;  // of one dimension

struct CookToom {
  using Row = std::array<Rational, kMostProducts>;
  int m = 1, r = 1;
  std::array<Row, kMostProducts> bt, g, at;  // n x n, n x r, m x n

  constexpr int products() const { return m + r - 1; }
};

// m + r - 1 is 1 (the identity) up to kMostProducts.
constexpr CookToom cook_toom(int m, int r) {
  constexpr std::array<Rational, kMostProducts - 1> kPoints = {
      0, 1, -1, 2, -2, Rational(1, 2), Rational(-1, 2), 4, -4};
  CookToom::Row zeros;
  zeros.fill(0);
  CookToom result;
  result.m = m;
  result.r = r;
  // By hand: in a constant expression GCC 12 gives elements that no initialiser names the bits 0.
  for (auto* matrix : {&result.bt, &result.g, &result.at}) matrix->fill(zeros);
  const int finite = result.products() - 1;
  // Column `finite` stands for infinity, which has no factor in any product.
  for (int j = 0; j <= finite; ++j) {
    CookToom::Row product = zeros;
    product[0] = 1;
    Rational f = 1;
    for (int l = 0; l < finite; ++l) {
      if (l == j) continue;
      for (int k = kMostProducts - 1; k >= 0; --k)
        product[k] = (k > 0 ? product[k - 1] : Rational()) - kPoints[l] * product[k];
      if (j < finite) f = f * (kPoints[j] - kPoints[l]);
    }
    result.bt[j] = product;
    if (j == finite) break;
    Rational power = 1;
    for (int k = 0; k < (m > r ? m : r); ++k, power = power * kPoints[j]) {
      if (k < m) result.at[k][j] = power;
      if (k < r) result.g[j][k] = power / f;
    }
  }
  result.at[m - 1][finite] = 1;
  result.g[finite][r - 1] = 1;
  return result;
}

}  // namespace kernwise::detail
