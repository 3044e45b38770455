// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How a tensor lies in memory. Every activation is seen as four logical dimensions (n, c, h, w);
// a matrix [n, c] has h = w = 1. Blocked layouts hold the channels in groups of 8 or 16 and pad the
// last group with zeros, so a tensor may take more bytes than its logical size. Whoever writes a
// blocked tensor writes the zeros too.
//
// A layout is an order together with a type of elements: floats, or whole numbers of one byte. Such
// a number counts steps; what a step is worth belongs to the tensor (graph/quantize.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "kernwise/base/units.h"

namespace kernwise {

// Values and names appear in files. Frozen by a test; a retired value is never reused.
enum class Layout : uint8_t {
  kNchw = 0,
  kNhwc = 1,
  kNchw8c = 2,   // n, ceil(c/8), h, w, 8
  kNchw16c = 3,  // n, ceil(c/16), h, w, 16
  kNhwcU8 = 4,   // as nhwc, 0 to 255 steps
  kNhwcS8 = 5,   // as nhwc, -127 to 127 steps
};
// Those of floats, in which any value of a network may lie.
inline constexpr std::array<Layout, 4> kAllLayouts = {Layout::kNchw, Layout::kNhwc, Layout::kNchw8c,
                                                      Layout::kNchw16c};
// Those of bytes: for values whose range is known, where a plan may use int8.
inline constexpr std::array<Layout, 2> kInt8Layouts = {Layout::kNhwcU8, Layout::kNhwcS8};
inline constexpr std::array<Layout, 6> kEveryLayout = {
    Layout::kNchw, Layout::kNhwc, Layout::kNchw8c, Layout::kNchw16c, Layout::kNhwcU8,
    Layout::kNhwcS8};

constexpr bool is_int8(Layout layout) {
  return layout == Layout::kNhwcU8 || layout == Layout::kNhwcS8;
}
constexpr int64_t element_bytes(Layout layout) { return is_int8(layout) ? 1 : 4; }

// "nchw", "nhwc", "nchw8c", "nchw16c", "nhwcu8", "nhwcs8"
std::string_view to_string(Layout layout);
std::optional<Layout> parse_layout(std::string_view text);

struct Shape4 {
  int64_t n = 1, c = 1, h = 1, w = 1;
  friend auto operator<=>(const Shape4&, const Shape4&) = default;
  int64_t elements() const { return n * c * h * w; }
};

// Number of elements that a tensor takes in a layout, channel padding included.
int64_t physical_elements(const Shape4& shape, Layout layout);
inline Bytes physical_bytes(const Shape4& shape, Layout layout) {
  return {physical_elements(shape, layout) * element_bytes(layout)};
}
// The floats that hold these bytes: what is taken where memory is counted in floats.
inline int64_t physical_floats(const Shape4& shape, Layout layout) {
  return (physical_bytes(shape, layout).value + 3) / 4;
}

// True when the same bytes mean the same tensor in both layouts, so that a transform is free:
// equal layouts; c = 1 or h = w = 1 without padding; ... Never between types of elements.
bool same_bytes(const Shape4& shape, Layout a, Layout b);

// Offset, in elements, of element (n, c, h, w). The one definition of what a layout means.
int64_t offset_of(const Shape4& shape, Layout layout, int64_t n, int64_t c, int64_t h, int64_t w);

}  // namespace kernwise
