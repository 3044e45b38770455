// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "layer_graph_fixtures.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "kernwise/select/pbqp.h"

namespace kernwise {
namespace {

constexpr Shape4 kShape{.n = 1, .c = 24, .h = 7, .w = 7};

std::string numbered(std::string name, int number) { return name + std::to_string(number); }

CostOption random_option(Rng& rng, const RandomTable& shape, bool keeps_layout, double base) {
  const auto draw = [&] {
    return kAllLayouts[static_cast<std::size_t>(rng.integer(0, shape.layouts - 1))];
  };
  CostOption option;
  option.in = draw();
  option.out = keeps_layout ? option.in : draw();
  option.time_s = base * rng.uniform(0.6, 2.0);
  return option;
}

}  // namespace

ValueId Case::input(const std::string& name) {
  graph.values.push_back({.name = name, .shape = kShape, .dims = {}});
  table.transforms.emplace_back();
  graph.inputs.push_back(static_cast<ValueId>(graph.values.size()) - 1);
  return graph.inputs.back();
}

ValueId Case::layer(const std::string& name, const std::vector<ValueId>& inputs,
                    std::optional<ValueId> residual) {
  Layer& made = graph.layers.emplace_back();
  made.name = name;
  made.problem.op = EltwiseProblem{.shape = kShape};
  made.inputs = inputs;
  made.residual = residual;
  made.output = static_cast<ValueId>(graph.values.size());
  graph.values.push_back({.name = name, .shape = kShape, .dims = {}});
  table.layers.emplace_back();
  table.transforms.emplace_back();
  return made.output;
}

void Case::option(ValueId value, const std::string& primitive, Layout in, Layout out,
                  double time_s) {
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (graph.layers[i].output != value) continue;
    CostOption& added = table.layers[i].emplace_back();
    added.primitive = primitive;
    added.in = in;
    added.out = out;
    added.time_s = time_s;
  }
}

void Case::transform(ValueId value, Layout from, Layout to, double time_s) {
  const std::string name = std::string(to_string(from)) + "-" + std::string(to_string(to));
  table.transforms[static_cast<std::size_t>(value)][{from, to}] = {.primitive = name,
                                                                   .time_s = time_s};
}

void fill_table(Rng& rng, const RandomTable& shape, Case& made) {
  for (std::size_t i = 0; i < made.graph.layers.size(); ++i) {
    const bool joins = made.graph.layers[i].inputs.size() > 1;
    const double base = (joins ? 0.2 : 1.0) * rng.uniform(0.3, 2.0);
    const int64_t count = shape.exact_options ? shape.options : rng.integer(1, shape.options);
    for (int64_t k = 0; k < count; ++k) {
      made.table.layers[i].push_back(random_option(rng, shape, joins, base));
      made.table.layers[i].back().primitive = numbered("p", static_cast<int>(k));
    }
  }
  for (auto& transforms : made.table.transforms) {
    const double base = shape.transform * rng.uniform(0.3, 2.0);
    for (int from = 0; from < shape.layouts; ++from) {
      for (int to = 0; to < shape.layouts; ++to) {
        if (from == to || rng.uniform() < shape.impossible) continue;
        const bool free = rng.uniform() < shape.free;
        transforms[{kAllLayouts[static_cast<std::size_t>(from)],
                    kAllLayouts[static_cast<std::size_t>(to)]}] = {
            .primitive = free ? "" : "transform",
            .time_s = free ? 0.0 : base * rng.uniform(0.5, 1.5)};
      }
    }
  }
  const auto draw = [&] {
    return kAllLayouts[static_cast<std::size_t>(rng.integer(0, shape.layouts - 1))];
  };
  made.table.input_layout = draw();
  made.table.output_layout = draw();
}

Case chain(int layers) {
  Case made;
  ValueId last = made.input("in");
  for (int i = 0; i < layers; ++i) last = made.layer(numbered("conv", i), {last});
  made.output(last);
  return made;
}

Case residual_blocks(int blocks) {
  Case made;
  ValueId last = made.layer("stem", {made.input("in")});
  for (int b = 0; b < blocks; ++b) {
    const ValueId inner = made.layer(numbered("a", b), {last});
    last = made.layer(numbered("b", b), {inner}, last);
  }
  made.output(last);
  return made;
}

Case inception_modules(int modules) {
  Case made;
  ValueId last = made.layer("stem", {made.input("in")});
  for (int m = 0; m < modules; ++m) {
    std::vector<ValueId> branches = {made.layer(numbered("one", m), {last})};
    for (const char* const name : {"three", "five", "pool"}) {
      const ValueId first = made.layer(numbered(std::string(name) + "_reduce", m), {last});
      branches.push_back(made.layer(numbered(name, m), {first}));
    }
    last = made.layer(numbered("concat", m), branches);
  }
  made.output(last);
  return made;
}

Case dense_blocks(const std::vector<int>& layers) {
  Case made;
  ValueId last = made.layer("stem", {made.input("in")});
  int number = 0;
  for (const int count : layers) {
    std::vector<ValueId> features = {last};
    for (int i = 0; i < count; ++i, ++number) {
      ValueId all = features[0];
      if (i > 0) all = made.layer(numbered("concat", number), features);
      const ValueId normal = made.layer(numbered("scale", number), {all});
      const ValueId narrow = made.layer(numbered("one", number), {normal});
      features.push_back(made.layer(numbered("three", number), {narrow}));
    }
    const ValueId block = made.layer(numbered("block", number), features);
    last =
        made.layer(numbered("pool", number), {made.layer(numbered("transition", number), {block})});
  }
  made.output(last);
  return made;
}

Case random_graph(Rng& rng, int layers) {
  Case made;
  std::vector<ValueId> values = {made.input("in")};
  if (rng.integer(0, 1) == 1) values.push_back(made.input("in2"));
  const auto any = [&] {
    return values[static_cast<std::size_t>(
        rng.integer(0, static_cast<int64_t>(values.size()) - 1))];
  };
  for (int i = 0; i < layers; ++i) {
    std::vector<ValueId> inputs(static_cast<std::size_t>(rng.integer(1, 3)));
    for (ValueId& v : inputs) v = any();  // the same one twice is welcome
    std::optional<ValueId> residual;
    if (rng.integer(0, 2) == 0) residual = any();
    values.push_back(made.layer(numbered("layer", i), inputs, residual));
  }
  made.output(values.back());
  while (rng.integer(0, 2) == 0) made.output(any());
  return made;
}

Case resnet50() {
  Case made;
  ValueId last = made.layer("pool1", {made.layer("conv1", {made.input("in")})});
  int number = 0;
  for (const int blocks : {3, 4, 6, 3}) {
    for (int b = 0; b < blocks; ++b, ++number) {
      const ValueId shortcut = b == 0 ? made.layer(numbered("down", number), {last}) : last;
      const ValueId one = made.layer(numbered("a", number), {last});
      const ValueId three = made.layer(numbered("b", number), {one});
      last = made.layer(numbered("c", number), {three}, shortcut);
    }
  }
  made.output(made.layer("fc", {made.layer("pool5", {last})}));
  return made;
}

Case googlenet() {
  Case made = inception_modules(9);
  // Stem and head: conv, pool, lrn, conv, conv, lrn, pool; pool, fc, softmax.
  ValueId last = made.graph.outputs.back();
  made.graph.outputs.clear();
  for (int i = 0; i < 10; ++i) last = made.layer(numbered("plain", i), {last});
  made.output(last);
  return made;
}

Case densenet121() { return dense_blocks({6, 12, 24, 16}); }

double cost_by_definition(const Case& made, const std::vector<int>& option) {
  double cost = 0;
  std::vector<Layout> layout(made.graph.values.size(), made.table.input_layout);
  for (std::size_t i = 0; i < option.size(); ++i) {
    const CostOption& chosen = made.table.layers[i][static_cast<std::size_t>(option[i])];
    cost += chosen.time_s;
    layout[static_cast<std::size_t>(made.graph.layers[i].output)] = chosen.out;
  }
  std::set<std::pair<ValueId, Layout>> wanted;
  for (std::size_t i = 0; i < option.size(); ++i) {
    const CostOption& chosen = made.table.layers[i][static_cast<std::size_t>(option[i])];
    for (const ValueId v : made.graph.layers[i].inputs) wanted.insert({v, chosen.in});
    if (made.graph.layers[i].residual) wanted.insert({*made.graph.layers[i].residual, chosen.out});
  }
  for (const ValueId v : made.graph.outputs) wanted.insert({v, made.table.output_layout});
  for (const auto& [value, to] : wanted) {
    const Layout from = layout[static_cast<std::size_t>(value)];
    if (from == to) continue;
    const auto& transforms = made.table.transforms[static_cast<std::size_t>(value)];
    const auto it = transforms.find({from, to});
    cost += it == transforms.end() ? kForbidden : it->second.time_s;
  }
  return cost;
}

double brute_force(const Case& made) {
  std::vector<int> option(made.graph.layers.size(), 0);
  double best = kForbidden;
  for (;;) {
    best = std::min(best, cost_by_definition(made, option));
    std::size_t i = 0;
    while (i < option.size() && ++option[i] == static_cast<int>(made.table.layers[i].size())) {
      option[i++] = 0;
    }
    if (i == option.size()) return best;
  }
}

}  // namespace kernwise
