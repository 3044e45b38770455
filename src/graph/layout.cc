// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/layout.h"

namespace kernwise {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"nchw",    "nhwc",   "nchw8c",
                                                    "nchw16c", "nhwcu8", "nhwcs8"};
static_assert(kNames.size() == kEveryLayout.size());

// Channels that lie side by side in a blocked layout; 0 for the layouts that are not blocked.
int64_t block_of(Layout layout) {
  switch (layout) {
    case Layout::kNchw8c: return 8;
    case Layout::kNchw16c: return 16;
    case Layout::kNchw:
    case Layout::kNhwc:
    case Layout::kNhwcU8:
    case Layout::kNhwcS8: break;
  }
  return 0;
}

int64_t padded_channels(int64_t channels, Layout layout) {
  const int64_t block = block_of(layout);
  return block == 0 ? channels : (channels + block - 1) / block * block;
}

// The tensor lies as n, h, w, c: channels of one pixel side by side and nothing between pixels.
bool lies_as_nhwc(const Shape4& shape, Layout layout) {
  return layout == Layout::kNhwc || (layout == Layout::kNchw && shape.c == 1) ||
         shape.c == block_of(layout);
}

}  // namespace

std::string_view to_string(Layout layout) { return kNames[static_cast<std::size_t>(layout)]; }

std::optional<Layout> parse_layout(std::string_view text) {
  for (const Layout layout : kEveryLayout) {
    if (to_string(layout) == text) return layout;
  }
  return std::nullopt;
}

int64_t physical_elements(const Shape4& shape, Layout layout) {
  return shape.n * padded_channels(shape.c, layout) * shape.h * shape.w;
}

bool same_bytes(const Shape4& shape, Layout a, Layout b) {
  if (a == b) return true;
  if (is_int8(a) || is_int8(b)) return false;
  if (physical_elements(shape, a) != physical_elements(shape, b)) return false;
  // One pixel: every layout is the channels in order, then the padding.
  if (shape.h * shape.w == 1) return true;
  return lies_as_nhwc(shape, a) && lies_as_nhwc(shape, b);
}

int64_t offset_of(const Shape4& shape, Layout layout, int64_t n, int64_t c, int64_t h, int64_t w) {
  if (layout == Layout::kNchw) return ((n * shape.c + c) * shape.h + h) * shape.w + w;
  if (layout == Layout::kNhwc || is_int8(layout))
    return ((n * shape.h + h) * shape.w + w) * shape.c + c;
  const int64_t block = block_of(layout);
  const int64_t blocks = padded_channels(shape.c, layout) / block;
  return (((n * blocks + c / block) * shape.h + h) * shape.w + w) * block + c % block;
}

}  // namespace kernwise
