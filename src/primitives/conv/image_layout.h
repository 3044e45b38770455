// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The layouts whose channels lie together, seen as strides, so that one kernel serves them all.
#pragma once

#include <cstdint>

#include "kernwise/graph/layout.h"

namespace kernwise::detail {

// Strides in floats. Channels come in chunks of 16 that are contiguous: nhwc has pixel = c and
// chunk = 16, nchw16c has pixel = 16 and chunk = h * w * 16.
struct ImageLayout {
  int64_t channels = 0, height = 0, width = 0;
  int64_t image = 0, row = 0, pixel = 0, chunk = 0;
  bool padded = false;  // the last chunk has 16 channels in memory, the surplus being zero
};

// `layout` is nhwc or nchw16c.
inline ImageLayout image_layout(const Shape4& shape, Layout layout) {
  ImageLayout image{.channels = shape.c, .height = shape.h, .width = shape.w};
  image.image = physical_elements({1, shape.c, shape.h, shape.w}, layout);
  const bool blocked = layout == Layout::kNchw16c;
  image.padded = blocked;
  image.pixel = blocked ? 16 : shape.c;
  image.row = image.pixel * shape.w;
  image.chunk = blocked ? image.row * shape.h : 16;
  return image;
}

}  // namespace kernwise::detail
