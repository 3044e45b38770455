// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A made-up device: times of four primitives over convolutions, smooth in the logarithms, with
// holes where a primitive does not apply.
#pragma once

#include <cmath>
#include <limits>

#include "kernwise/base/rng.h"
#include "kernwise/learn/samples.h"

namespace kernwise::test {

struct Device {
  double speed = 1e-9;  // seconds of a multiply-add
  double overhead = 2e-6;
  double slope = 0;  // of the first primitive along the output channels
};

inline Samples synthetic_samples(int64_t rows, const Device& device, Rng& rng) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  Samples samples;
  samples.schema = conv_features();
  samples.outputs = {"alpha-one", "alpha-two", "beta-three", "gamma"};
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t c = rng.integer(1, 256), k = rng.integer(8, 256), im = rng.integer(4, 56);
    const int64_t f = 2 * rng.integer(0, 2) + 1, s = rng.integer(1, 2);
    const Problem problem = table_conv(c, k, im, f, s);
    const std::size_t at = samples.x.size();
    samples.x.resize(at + samples.schema.features.size());
    if (!compute_features(problem, 1, std::span(samples.x).subspan(at)).ok()) continue;
    const double work = static_cast<double>(macs(problem).value) * device.speed;
    const double moved = static_cast<double>(c * im * im + k * im * im / s / s) * 4e-10;
    samples.y.push_back(std::log(work + device.overhead) +
                        device.slope * std::log(static_cast<double>(k)));
    samples.y.push_back(std::log(0.8 * work + 4 * moved + 3 * device.overhead));
    samples.y.push_back(f == 3 && s == 1 ? std::log(0.4 * work + 9 * moved + device.overhead)
                                         : kNan);
    samples.y.push_back(std::log(3 * work + moved));
    samples.group.push_back(static_cast<int>(i / 2));
  }
  return samples;
}

}  // namespace kernwise::test
