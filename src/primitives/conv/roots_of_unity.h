// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Cosines and sines of fractions of a turn as constants: std::cos is no constant expression.
#pragma once

namespace kernwise::detail {

struct Root {
  double cosine, sine;
};

// cos and sin of 2 pi power / size; exact to the last bit or two.
constexpr Root root_of_unity(int power, int size) {
  constexpr double kPi = 3.14159265358979323846;
  // Within an eighth of a turn, where the series converge quickly and nothing cancels.
  power = (power % size + size) % size;
  const int eighths = 8 * power / size;  // which eighth of the turn
  const int quarters = (eighths + 1) / 2;
  const double x = 2 * kPi * (static_cast<double>(power) / size - quarters / 4.0);
  double cosine = 0, sine = 0, term = 1;
  for (int k = 0; k < 24; k += 2) {
    cosine += term;
    term *= x / (k + 1);
    sine += term;
    term *= -x / (k + 2);
  }
  switch (quarters % 4) {
    case 0: return {cosine, sine};
    case 1: return {-sine, cosine};
    case 2: return {-cosine, -sine};
    default: return {sine, -cosine};
  }
}

}  // namespace kernwise::detail
