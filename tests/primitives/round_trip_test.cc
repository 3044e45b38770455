// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Layouts lose nothing: from nchw to any layout and back, by any of the primitives that do that,
// gives every element bit for bit, whatever the shape.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>
#include <vector>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/base/rng.h"
#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

AlignedBuffer buffer_for(const Shape4& shape, Layout layout) {
  AlignedBuffer buffer(physical_bytes(shape, layout));
  // What a kernel fails to write must show.
  std::memset(buffer.data(), 0x5a, static_cast<std::size_t>(buffer.size().value));
  return buffer;
}

void transform(const Primitive& primitive, const Problem& problem, const float* from, float* to) {
  const Execution execution{};
  auto kernel = primitive.prepare(problem, {}, execution);
  RC_ASSERT(kernel.ok());
  AlignedBuffer workspace((*kernel)->workspace());
  const ThreadScope threads(1);
  const float* inputs[] = {from};
  (*kernel)->run({.inputs = inputs, .output = to, .scratch = workspace.data()});
}

std::vector<const Primitive*> admitted(const Problem& problem) {
  std::vector<const Primitive*> found;
  for (const Candidate& c : candidates(problem, {})) {
    if (std::holds_alternative<Admitted>(c.applicability)) found.push_back(c.primitive);
  }
  return found;
}

TEST(RoundTrip, LayoutsGiveBackWhatTheyWereGiven) {
  rc::check("nchw > layout > nchw", [](uint64_t seed) {
    Rng rng(seed);
    const Shape4 shape{rng.integer(1, 3), rng.integer(1, 40), rng.integer(1, 9), rng.integer(1, 9)};
    AlignedBuffer original = buffer_for(shape, Layout::kNchw);
    for (int64_t i = 0; i < shape.elements(); ++i) {
      original.floats()[i] = static_cast<float>(rng.normal());
    }
    for (const Layout layout : kAllLayouts) {
      if (same_bytes(shape, Layout::kNchw, layout)) continue;
      const Problem there{TransformProblem{shape, Layout::kNchw, layout}, {}};
      const Problem back{TransformProblem{shape, layout, Layout::kNchw}, {}};
      RC_ASSERT(!admitted(there).empty() && !admitted(back).empty());
      for (const Primitive* first : admitted(there)) {
        AlignedBuffer middle = buffer_for(shape, layout);
        transform(*first, there, original.floats(), middle.floats());
        for (const Primitive* second : admitted(back)) {
          AlignedBuffer end = buffer_for(shape, Layout::kNchw);
          transform(*second, back, middle.floats(), end.floats());
          RC_ASSERT(std::memcmp(end.data(), original.data(),
                                static_cast<std::size_t>(4 * shape.elements())) == 0);
        }
      }
    }
  });
}

}  // namespace
}  // namespace kernwise
