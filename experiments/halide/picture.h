// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The image that the pipelines work on: a photograph given by the user, or one made here.
//
// The made one follows the dead leaves model (Lee, Mumford & Huang 2001): opaque discs whose radii
// obey a cube law hide one another. Such pictures have the edges, flat parts and scale invariance of
// natural ones. Sensor noise is added.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"

namespace kernwise::halide {

// Square RGB planes with values in [0, 1]. Beyond its edge the picture is mirrored.
struct Picture {
  int64_t side = 0;
  std::vector<float> planes;
  std::string source;  // for the report

  float at(int64_t channel, int64_t x, int64_t y) const;
};

inline constexpr int64_t kPictureSide = 1024;

Picture make_picture(Rng& rng, int64_t side = kPictureSide);

// PNG or JPEG, scaled to kPictureSide in both directions.
Result<Picture> read_picture(const std::filesystem::path& path);

}  // namespace kernwise::halide
