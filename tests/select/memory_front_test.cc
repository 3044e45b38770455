// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Selection under a cap of memory, against trying every combination of options. The memory here is
// the model's own: a constant, the largest workspace, all packed weights.
#include "kernwise/select/memory_front.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "kernwise/select/pbqp.h"
#include "layer_graph_fixtures.h"

namespace kernwise {
namespace {

constexpr int64_t kActivations = 1000;

int64_t peak_by_definition(const Case& made, const std::vector<int>& option) {
  int64_t workspace = 0, packed = 0;
  for (std::size_t i = 0; i < option.size(); ++i) {
    const CostOption& o = made.table.layers[i][static_cast<std::size_t>(option[i])];
    workspace = std::max(workspace, o.workspace_bytes);
    packed += o.packed_bytes;
  }
  return kActivations + workspace + packed;
}

MemoryModel model_of(const Case& made, int64_t most_enumerated) {
  return {
      [&made](const Selection& s) -> Result<int64_t> { return peak_by_definition(made, s.option); },
      kActivations, most_enumerated};
}

struct Truth {
  double time_s;
  int64_t peak;
};

std::vector<Truth> all_combinations(const Case& made) {
  std::vector<Truth> all;
  std::vector<int> option(made.graph.layers.size(), 0);
  for (;;) {
    const double time = cost_by_definition(made, option);
    if (time < kForbidden) all.push_back({time, peak_by_definition(made, option)});
    std::size_t i = 0;
    while (i < option.size() && ++option[i] == static_cast<int>(made.table.layers[i].size())) {
      option[i++] = 0;
    }
    if (i == option.size()) return all;
  }
}

double best_within(const std::vector<Truth>& all, int64_t cap) {
  double best = kForbidden;
  for (const Truth& t : all) {
    if (t.peak <= cap) best = std::min(best, t.time_s);
  }
  return best;
}

// Faster primitives take more memory, mostly.
Case draw_case() {
  Rng rng(*rc::gen::arbitrary<uint32_t>());
  Case made;
  switch (*rc::gen::inRange(0, 4)) {
    case 0: made = chain(*rc::gen::inRange(1, 7)); break;
    case 1: made = residual_blocks(*rc::gen::inRange(1, 3)); break;
    case 2: made = inception_modules(1); break;
    default: made = random_graph(rng, *rc::gen::inRange(1, 7)); break;
  }
  RandomTable shape;
  shape.options = made.graph.layers.size() > 7 ? 2 : *rc::gen::inRange(1, 4);
  shape.layouts = *rc::gen::inRange(1, 3);
  shape.transform = 0.3;
  fill_table(rng, shape, made);
  for (auto& row : made.table.layers) {
    for (CostOption& option : row) {
      const auto cost = static_cast<int64_t>(100 / (0.2 + option.time_s));
      option.packed_bytes = cost + rng.integer(0, 50);
      option.workspace_bytes = rng.integer(0, 3) == 0 ? 0 : 2 * cost + rng.integer(0, 200);
    }
  }
  return made;
}

int64_t draw_cap(const std::vector<Truth>& all) {
  int64_t least = all.front().peak, most = least;
  for (const Truth& t : all) {
    least = std::min(least, t.peak);
    most = std::max(most, t.peak);
  }
  return *rc::gen::inRange<int64_t>(least - 20, most + 20);
}

RC_GTEST_PROP(MemoryFrontProperty, EnumeratedFrontsAreThoseOfAllCombinations, ()) {
  const Case made = draw_case();
  const std::vector<Truth> all = all_combinations(made);
  RC_PRE(!all.empty());
  const auto front = memory_front(made.graph, made.table, model_of(made, 1 << 20));
  RC_ASSERT(front.ok());
  RC_ASSERT(front->exact);
  std::size_t truly = 0;
  for (const Truth& t : all) {
    const bool dominated = std::any_of(all.begin(), all.end(), [&](const Truth& o) {
      return o.peak <= t.peak && o.time_s < t.time_s * (1 - 1e-9);
    });
    if (dominated) continue;
    ++truly;
    RC_ASSERT(std::any_of(front->points.begin(), front->points.end(), [&](const MemoryPoint& p) {
      return p.peak_bytes <= t.peak && p.selection.total_s <= t.time_s * (1 + 1e-9);
    }));
  }
  RC_ASSERT(truly >= front->points.size());
  const int64_t cap = draw_cap(all);
  const double best = best_within(all, cap);
  const auto within = select_within(made.graph, made.table, {cap}, model_of(made, 1 << 20));
  RC_ASSERT(within.ok() == (best < kForbidden));
  if (!within.ok()) {
    RC_ASSERT(within.error().code == ErrorCode::kCriterionFailed);
    return;
  }
  RC_ASSERT(within->peak_bytes <= cap);
  RC_ASSERT(std::abs(within->selection.total_s - best) <= 1e-9 * best);
  RC_ASSERT(within->gap_ratio == 0);
}

// What is said of larger graphs holds: points are what they claim, bounds are bounds.
RC_GTEST_PROP(MemoryFrontProperty, SearchedFrontsKeepTheirWord, ()) {
  const Case made = draw_case();
  const std::vector<Truth> all = all_combinations(made);
  RC_PRE(!all.empty());
  const auto front = memory_front(made.graph, made.table, model_of(made, 0));
  RC_ASSERT(front.ok());
  RC_ASSERT(!front->exact);
  const auto least = std::min_element(
      all.begin(), all.end(), [](const Truth& a, const Truth& b) { return a.peak < b.peak; });
  RC_ASSERT(front->least_peak_bound <= least->peak);
  for (std::size_t i = 0; i < front->points.size(); ++i) {
    const MemoryPoint& p = front->points[i];
    RC_ASSERT(p.peak_bytes == peak_by_definition(made, p.selection.option));
    RC_ASSERT(std::abs(p.selection.total_s - cost_by_definition(made, p.selection.option)) <=
              1e-9 * p.selection.total_s);
    const double best = best_within(all, p.peak_bytes);
    RC_ASSERT(p.selection.total_s * (1 - p.gap_ratio) <= best * (1 + 1e-6));
    if (i == 0) continue;
    RC_ASSERT(p.peak_bytes > front->points[i - 1].peak_bytes);
    RC_ASSERT(p.selection.total_s < front->points[i - 1].selection.total_s);
  }
  RC_ASSERT(std::abs(front->points.back().selection.total_s -
                     best_within(all, std::numeric_limits<int64_t>::max())) <=
            1e-9 * front->points.back().selection.total_s);

  const int64_t cap = draw_cap(all);
  const double best = best_within(all, cap);
  const auto within = select_within(made.graph, made.table, {cap}, model_of(made, 0));
  if (best == kForbidden) {
    RC_ASSERT(!within.ok());
    return;
  }
  if (!within.ok()) return;  // heuristic near the least peak: it says what it found instead
  RC_ASSERT(within->peak_bytes <= cap);
  RC_ASSERT(within->selection.total_s >= best * (1 - 1e-9));
  RC_ASSERT(within->selection.total_s * (1 - within->gap_ratio) <= best * (1 + 1e-6));
}

// A network where one layer's large workspace buys much, and others' packed weights little.
TEST(MemoryFront, MemoryGoesWhereItBuysMost) {
  Case made = chain(8);
  constexpr Layout kA = Layout::kNchw;
  for (ValueId v = 1; v <= 8; ++v) {
    made.option(v, "small", kA, kA, 10);
    made.option(v, "large", kA, kA, v == 3 ? 2 : 9);
    made.table.layers[static_cast<std::size_t>(v - 1)][1].packed_bytes = v == 3 ? 0 : 100;
    made.table.layers[static_cast<std::size_t>(v - 1)][1].workspace_bytes = v == 3 ? 500 : 0;
  }
  const auto at = [&](int64_t cap) {
    return select_within(made.graph, made.table, {cap}, model_of(made, 0));
  };
  EXPECT_DOUBLE_EQ(at(kActivations)->selection.total_s, 80);
  EXPECT_DOUBLE_EQ(at(kActivations + 499)->selection.total_s, 76);
  EXPECT_DOUBLE_EQ(at(kActivations + 500)->selection.total_s, 72);
  EXPECT_DOUBLE_EQ(at(kActivations + 700)->selection.total_s, 70);
  EXPECT_DOUBLE_EQ(at(kActivations + 1200)->selection.total_s, 65);
  EXPECT_EQ(at(kActivations + 1200)->gap_ratio, 0);
  const auto none = at(kActivations - 1);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::kCriterionFailed);
  EXPECT_NE(none.error().message.find("1000 bytes"), std::string::npos) << none.error().message;
}

}  // namespace
}  // namespace kernwise
