// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/layout.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <vector>

#include "graph/random_problem.h"

namespace kernwise {
namespace {

// Calls visit with every element of the logical tensor.
template <typename Visit>
void for_each_element(const Shape4& shape, Visit visit) {
  for (int64_t n = 0; n < shape.n; ++n)
    for (int64_t c = 0; c < shape.c; ++c)
      for (int64_t h = 0; h < shape.h; ++h)
        for (int64_t w = 0; w < shape.w; ++w) visit(n, c, h, w);
}

// Where each logical element lies, then the size: layouts with the same list are the same bytes.
std::vector<int64_t> footprint(const Shape4& shape, Layout layout) {
  std::vector<int64_t> offsets;
  for_each_element(shape, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
    offsets.push_back(offset_of(shape, layout, n, c, h, w));
  });
  offsets.push_back(physical_elements(shape, layout));
  return offsets;
}

// Files hold these numbers and names.
TEST(LayoutTest, ValuesAndNamesAreFrozen) {
  EXPECT_EQ(static_cast<int>(Layout::kNchw), 0);
  EXPECT_EQ(static_cast<int>(Layout::kNhwc), 1);
  EXPECT_EQ(static_cast<int>(Layout::kNchw8c), 2);
  EXPECT_EQ(static_cast<int>(Layout::kNchw16c), 3);
  EXPECT_EQ(static_cast<int>(Layout::kNhwcU8), 4);
  EXPECT_EQ(static_cast<int>(Layout::kNhwcS8), 5);
  EXPECT_EQ(to_string(Layout::kNchw), "nchw");
  EXPECT_EQ(to_string(Layout::kNhwc), "nhwc");
  EXPECT_EQ(to_string(Layout::kNchw8c), "nchw8c");
  EXPECT_EQ(to_string(Layout::kNchw16c), "nchw16c");
  EXPECT_EQ(to_string(Layout::kNhwcU8), "nhwcu8");
  EXPECT_EQ(to_string(Layout::kNhwcS8), "nhwcs8");
}

TEST(LayoutTest, NamesAreReadBackAndOthersRefused) {
  for (const Layout layout : kEveryLayout) EXPECT_EQ(parse_layout(to_string(layout)), layout);
  for (const char* text : {"", "NCHW", "nchw4c", "nchw ", "nhw", "nchw16"}) {
    EXPECT_EQ(parse_layout(text), std::nullopt) << text;
  }
}

TEST(LayoutTest, BytesLieAsFloatsInNhwcAndAreNeverTheSameBytes) {
  const Shape4 shape{.n = 2, .c = 3, .h = 5, .w = 7};
  for (const Layout layout : kInt8Layouts) {
    EXPECT_TRUE(is_int8(layout));
    EXPECT_EQ(physical_bytes(shape, layout), Bytes{210});
    EXPECT_EQ(physical_floats(shape, layout), 53);
    EXPECT_EQ(offset_of(shape, layout, 1, 2, 3, 4), offset_of(shape, Layout::kNhwc, 1, 2, 3, 4));
    for (const Layout other : kEveryLayout) {
      EXPECT_EQ(same_bytes({1, 1, 1, 1}, layout, other), layout == other);
    }
  }
  for (const Layout layout : kAllLayouts) EXPECT_FALSE(is_int8(layout));
}

TEST(LayoutTest, OffsetsAreThoseOfTheDefinition) {
  const Shape4 shape{.n = 2, .c = 20, .h = 3, .w = 5};
  EXPECT_EQ(offset_of(shape, Layout::kNchw, 1, 19, 2, 4), 599);
  EXPECT_EQ(offset_of(shape, Layout::kNhwc, 1, 19, 2, 4), 599);
  EXPECT_EQ(offset_of(shape, Layout::kNchw, 0, 1, 0, 0), 15);
  EXPECT_EQ(offset_of(shape, Layout::kNhwc, 0, 0, 0, 1), 20);
  // Three blocks of 8: the last holds channels 16 to 19 and four zeros.
  EXPECT_EQ(physical_elements(shape, Layout::kNchw8c), 2 * 24 * 15);
  EXPECT_EQ(offset_of(shape, Layout::kNchw8c, 0, 17, 0, 1), 2 * 8 * 15 + 8 + 1);
  EXPECT_EQ(physical_elements(shape, Layout::kNchw16c), 2 * 32 * 15);
  EXPECT_EQ(offset_of(shape, Layout::kNchw16c, 1, 0, 0, 0), 32 * 15);
  EXPECT_EQ(physical_bytes(shape, Layout::kNchw), Bytes{2400});
}

// Every element has a place of its own within the physical size.
RC_GTEST_PROP(LayoutTest, OffsetsNeverCollide, ()) {
  const Shape4 shape = *any_shape();
  for (const Layout layout : kAllLayouts) {
    std::set<int64_t> seen;
    const int64_t size = physical_elements(shape, layout);
    for_each_element(shape, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      const int64_t offset = offset_of(shape, layout, n, c, h, w);
      RC_ASSERT(offset >= 0 && offset < size);
      seen.insert(offset);
    });
    RC_ASSERT(static_cast<int64_t>(seen.size()) == shape.elements());
  }
}

// same_bytes is exactly "same offsets, same size", over every small shape.
TEST(LayoutTest, SameBytesIsExact) {
  for (const int64_t n : {1, 2})
    for (int64_t c = 1; c <= 33; ++c)
      for (const int64_t h : {1, 2, 3})
        for (const int64_t w : {1, 2}) {
          const Shape4 shape{n, c, h, w};
          for (const Layout a : kAllLayouts)
            for (const Layout b : kAllLayouts)
              EXPECT_EQ(same_bytes(shape, a, b), footprint(shape, a) == footprint(shape, b))
                  << c << " channels, " << h << "x" << w << ", " << to_string(a) << " and "
                  << to_string(b);
        }
}

}  // namespace
}  // namespace kernwise
