// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/runtime/input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "image.h"
#include "kernwise/base/file.h"
#include "kernwise/base/rng.h"

namespace kernwise {
namespace {

constexpr Bytes kMaxInputFile{int64_t{4} << 30};
constexpr std::array<float, 3> kImageNetMean = {0.485F, 0.456F, 0.406F};
constexpr std::array<float, 3> kImageNetDeviation = {0.229F, 0.224F, 0.225F};

Result<std::vector<float>> input_from_npy(std::string_view bytes, const Shape4& shape) {
  KERNWISE_ASSIGN(NpyArray array, parse_npy(bytes));
  if (static_cast<int64_t>(array.values.size()) != shape.elements()) {
    return invalid_input(fmt::format("holds shape [{}], the network's input is [{}, {}, {}, {}]",
                                     fmt::join(array.dims, ", "), shape.n, shape.c, shape.h,
                                     shape.w));
  }
  return std::move(array.values);
}

Result<std::vector<float>> input_from_image(std::string_view bytes, const Shape4& shape) {
  if (shape.c != 3) {
    return invalid_input(
        fmt::format("an image has 3 channels, the network's input has {}", shape.c),
        "give the input as .npy");
  }
  KERNWISE_ASSIGN(const Image image, decode_image(bytes));
  std::vector<float> planes = resize_to_planes(image, shape.h, shape.w);
  const auto pixels = static_cast<std::size_t>(shape.h * shape.w);
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const std::size_t channel = i / pixels;
    planes[i] = (planes[i] - kImageNetMean[channel]) / kImageNetDeviation[channel];
  }
  std::vector<float> batch;
  for (int64_t n = 0; n < shape.n; ++n) batch.insert(batch.end(), planes.begin(), planes.end());
  return batch;
}

}  // namespace

std::vector<float> random_input(const Shape4& shape, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (float& x : values) x = static_cast<float>(rng.normal());
  return values;
}

Result<std::vector<float>> read_input(const std::filesystem::path& path, const Shape4& shape) {
  KERNWISE_ASSIGN(const std::string bytes, read_file(path, kMaxInputFile));
  auto input =
      path.extension() == ".npy" ? input_from_npy(bytes, shape) : input_from_image(bytes, shape);
  if (!input.ok()) return std::move(input).error().within(path.string());
  return input;
}

}  // namespace kernwise
