// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/runtime/input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>

#include "image.h"
#include "kernwise/base/file.h"
#include "kernwise/base/rng.h"
#include "kernwise/graph/layer_graph.h"

namespace kernwise {
namespace {

constexpr Bytes kMaxInputFile{int64_t{4} << 30};
constexpr std::array<float, 3> kImageNetMean = {0.485F, 0.456F, 0.406F};
constexpr std::array<float, 3> kImageNetDeviation = {0.229F, 0.224F, 0.225F};

std::span<const int64_t> without_leading_ones(const std::vector<int64_t>& dims) {
  return {std::ranges::find_if(dims, [](int64_t dim) { return dim != 1; }), dims.end()};
}

// As many elements are not enough: an image in nhwc has those of one in nchw.
Result<std::vector<float>> input_from_npy(std::string_view bytes,
                                          const std::vector<int64_t>& dims) {
  KERNWISE_ASSIGN(NpyArray array, parse_npy(bytes));
  if (!std::ranges::equal(without_leading_ones(array.dims), without_leading_ones(dims))) {
    return invalid_input(fmt::format("holds shape [{}], the network's input is [{}]",
                                     fmt::join(array.dims, ", "), fmt::join(dims, ", ")),
                         "axes in the network's order: numpy.transpose(x, (0, 3, 1, 2)) makes NCHW "
                         "of NHWC");
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

Result<std::vector<float>> read_input(const std::filesystem::path& path,
                                      const std::vector<int64_t>& dims) {
  KERNWISE_ASSIGN(const std::string bytes, read_file(path, kMaxInputFile));
  auto input = path.extension() == ".npy" ? input_from_npy(bytes, dims)
                                          : input_from_image(bytes, view_of(dims));
  if (!input.ok()) return std::move(input).error().within(path.string());
  return input;
}

}  // namespace kernwise
