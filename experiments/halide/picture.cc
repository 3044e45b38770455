// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "picture.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernwise/runtime/input.h"

namespace kernwise::halide {
namespace {

int64_t mirrored(int64_t i, int64_t side) {
  const int64_t j = i % (2 * side);
  return j < side ? j : 2 * side - 1 - j;
}

// Radii between low and high with density proportional to r^-3, by inversion.
double leaf_radius(double low, double high, Rng& rng) {
  const double a = 1 / (low * low), b = 1 / (high * high);
  return 1 / std::sqrt(a - rng.uniform() * (a - b));
}

}  // namespace

float Picture::at(int64_t channel, int64_t x, int64_t y) const {
  return planes[static_cast<std::size_t>((channel * side + mirrored(y, side)) * side +
                                         mirrored(x, side))];
}

Picture make_picture(Rng& rng, int64_t side) {
  Picture picture{side, std::vector<float>(static_cast<std::size_t>(3 * side * side)),
                  "made here: dead leaves with sensor noise"};
  const auto n = static_cast<double>(side);
  // Front to back: a pixel keeps the first leaf that covers it, so work ends when all are covered.
  std::vector<uint8_t> covered(static_cast<std::size_t>(side * side), 0);
  int64_t open = side * side;
  while (open > side * side / 1000) {
    const double radius = leaf_radius(3, n / 4, rng);
    const double cx = rng.uniform(-radius, n + radius), cy = rng.uniform(-radius, n + radius);
    const std::array<double, 3> colour = {rng.uniform(), rng.uniform(), rng.uniform()};
    const double slope = rng.uniform(-0.2, 0.2);  // light falls unevenly over a leaf
    const auto y_end = static_cast<int64_t>(std::min(n - 1, cy + radius));
    for (auto y = static_cast<int64_t>(std::max(0.0, cy - radius)); y <= y_end; ++y) {
      const double dy = static_cast<double>(y) - cy;
      const double half = std::sqrt(std::max(0.0, radius * radius - dy * dy));
      const auto x_end = static_cast<int64_t>(std::min(n - 1, cx + half));
      for (auto x = static_cast<int64_t>(std::max(0.0, cx - half)); x <= x_end; ++x) {
        const auto pixel = static_cast<std::size_t>(y * side + x);
        if (covered[pixel] != 0) continue;
        covered[pixel] = 1;
        --open;
        for (std::size_t c = 0; c < 3; ++c) {
          picture.planes[c * static_cast<std::size_t>(side * side) + pixel] =
              static_cast<float>(0.1 + 0.8 * colour[c] + slope * dy / radius);
        }
      }
    }
  }
  for (float& value : picture.planes) {
    value = std::clamp(value + static_cast<float>(0.01 * rng.normal()), 0.0F, 1.0F);
  }
  return picture;
}

Result<Picture> read_picture(const std::filesystem::path& path) {
  const std::vector<int64_t> shape = {1, 3, kPictureSide, kPictureSide};
  KERNWISE_ASSIGN(std::vector<float> planes, read_input(path, shape));
  // read_input normalises for networks (runtime/input.h); pipelines of images want values in [0, 1].
  constexpr std::array<float, 3> kMean = {0.485F, 0.456F, 0.406F};
  constexpr std::array<float, 3> kDeviation = {0.229F, 0.224F, 0.225F};
  const auto plane = static_cast<std::size_t>(kPictureSide * kPictureSide);
  for (std::size_t i = 0; i < planes.size(); ++i) {
    planes[i] = std::clamp(planes[i] * kDeviation[i / plane] + kMean[i / plane], 0.0F, 1.0F);
  }
  return Picture{kPictureSide, std::move(planes), path.filename().string()};
}

}  // namespace kernwise::halide
