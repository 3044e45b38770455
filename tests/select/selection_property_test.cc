// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Selection against trying every combination of options on small graphs of all shapes.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "kernwise/select/cost_table.h"
#include "kernwise/select/pbqp.h"
#include "layer_graph_fixtures.h"

namespace kernwise {
namespace {

Case draw_case() {
  Rng rng(*rc::gen::arbitrary<uint32_t>());
  Case made;
  switch (*rc::gen::inRange(0, 5)) {
    case 0: made = chain(*rc::gen::inRange(1, 8)); break;
    case 1: made = residual_blocks(*rc::gen::inRange(1, 4)); break;
    case 2: made = inception_modules(1); break;
    case 3: made = dense_blocks({2}); break;
    default: made = random_graph(rng, *rc::gen::inRange(1, 8)); break;
  }
  RandomTable shape;
  shape.options = made.graph.layers.size() > 8 ? 2 : *rc::gen::inRange(1, 4);
  shape.layouts = *rc::gen::inRange(1, 5);
  shape.transform = *rc::gen::element(0.05, 0.3, 2.0);
  shape.impossible = *rc::gen::element(0.0, 0.0, 0.2, 0.6);
  shape.free = *rc::gen::element(0.0, 0.0, 0.3);
  fill_table(rng, shape, made);
  return made;
}

bool close(double x, double y) {
  return std::fabs(x - y) <= 1e-12 * std::max(std::fabs(x), std::fabs(y));
}

RC_GTEST_PROP(SelectionProperty, TheSelectionIsTheBestOfAllCombinations, ()) {
  const Case made = draw_case();
  const double best = brute_force(made);
  const Result<Selection> selected = select_primitives(made.graph, made.table);
  if (best == kForbidden) {
    RC_ASSERT(!selected.ok());
    RC_ASSERT(selected.error().code == ErrorCode::kUnsupported);
    return;
  }
  RC_ASSERT(selected.ok());
  RC_ASSERT(selected->optimal);
  RC_ASSERT(selected->gap_ratio == 0);
  RC_ASSERT(close(selected->total_s, best));
  RC_ASSERT(selected->total_s == selection_cost(made.graph, made.table, selected->option));
  double layers = 0, transforms = 0;
  for (std::size_t i = 0; i < made.graph.layers.size(); ++i) {
    layers += made.table.layers[i][static_cast<std::size_t>(selected->option[i])].time_s;
  }
  for (const SelectedTransform& t : selected->transforms) transforms += t.time_s;
  RC_ASSERT(close(transforms, selected->transforms_s));
  RC_ASSERT(close(layers + transforms, selected->total_s));
}

RC_GTEST_PROP(SelectionProperty, TheCostOfAChoiceIsTheSumOfItsLayersAndDistinctTransforms, ()) {
  const Case made = draw_case();
  std::vector<int> option;
  for (const std::vector<CostOption>& row : made.table.layers) {
    option.push_back(*rc::gen::inRange(0, static_cast<int>(row.size())));
  }
  const double expected = cost_by_definition(made, option);
  const double cost = selection_cost(made.graph, made.table, option);
  RC_ASSERT(expected == cost || close(expected, cost));
}

}  // namespace
}  // namespace kernwise
