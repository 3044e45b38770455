// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// PNG and JPEG to RGB, by libpng and libjpeg-turbo. The bytes are untrusted.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise {

struct Image {
  int width = 0, height = 0;
  std::vector<uint8_t> rgb;  // row-major, 3 bytes a pixel
};

// At most 64 megapixels; the format is told by the first bytes.
Result<Image> decode_image(std::string_view bytes);

// Bilinear, pixel centres at half-integers; planes r, g, b of width * height values in [0, 1].
std::vector<float> resize_to_planes(const Image& image, int64_t height, int64_t width);

}  // namespace kernwise
