// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Layouts seen as strides, so that one kernel serves several.
#pragma once

#include <cstdint>

#include "kernwise/graph/layout.h"

namespace kernwise::detail {

// Strides in floats, of chunks of 16 channels. In nhwc and nchw16c these are contiguous: nhwc has
// pixel = c and chunk = 16, nchw16c has pixel = 16 and chunk = h * w * 16. In nchw they are planes:
// channel = h * w, pixel = 1.
struct ImageLayout {
  int64_t channels = 0, height = 0, width = 0;
  int64_t image = 0, row = 0, pixel = 0, chunk = 0, channel = 1;
  bool padded = false;  // the last chunk has 16 channels in memory, the surplus being zero
  bool planar() const { return channel != 1; }
};

// `layout` is nhwc, nchw16c or nchw (not nchw8c).
inline ImageLayout image_layout(const Shape4& shape, Layout layout) {
  ImageLayout image{.channels = shape.c, .height = shape.h, .width = shape.w};
  image.image = physical_elements({1, shape.c, shape.h, shape.w}, layout);
  image.padded = layout == Layout::kNchw16c;
  image.pixel = layout == Layout::kNhwc ? shape.c : image.padded ? 16 : 1;
  image.row = image.pixel * shape.w;
  image.channel = layout == Layout::kNchw ? image.row * shape.h : 1;
  image.chunk = image.padded ? image.row * shape.h : 16 * image.channel;
  return image;
}

// The channels of one of `groups` groups, as an image of their own. In a padded layout each group
// fills whole chunks.
inline ImageLayout group_layout(ImageLayout image, int64_t groups) {
  image.channels /= groups;
  return image;
}
inline int64_t group_offset(const ImageLayout& image, int64_t groups, int64_t group) {
  const int64_t first = image.channels / groups * group;
  return first / 16 * image.chunk + first % 16 * image.channel;
}

}  // namespace kernwise::detail
