// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Where a run's input comes from: a NumPy file (.npy), a PNG or JPEG image, or a seeded generator.
// Files are untrusted. Everything comes back as logical nchw float32 of the wanted shape.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layout.h"

namespace kernwise {

struct NpyArray {
  std::vector<int64_t> dims;
  std::vector<float> values;  // row-major
};

// Format versions 1 to 3, little-endian float32 or float64 ('<f4', '<f8'), C order. Anything else
// is kInvalidInput and says what was found.
Result<NpyArray> parse_npy(std::string_view bytes);
std::string format_npy(const std::vector<int64_t>& dims, const std::vector<float>& values);

// Standard normal values.
std::vector<float> random_input(const Shape4& shape, uint64_t seed);

// By extension: .npy, .png, .jpg, .jpeg, for an input of dimensions `dims` as ONNX has them. A .npy
// must be of these dimensions; leading ones may be there or not. An image needs c = 3; it is scaled
// to h x w (bilinear), to [0, 1], and normalised with ImageNet's channel means and deviations
// (0.485, 0.456, 0.406 and 0.229, 0.224, 0.225); it fills every image of the batch.
Result<std::vector<float>> read_input(const std::filesystem::path& path,
                                      const std::vector<int64_t>& dims);

}  // namespace kernwise
