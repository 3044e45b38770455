// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "layer_pbqp.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace kernwise::detail {
namespace {

// An option of a value node: the layout made, and all layouts there are then, that one included.
struct ValueOption {
  Layout made = Layout::kNchw;
  LayoutSet available = 0;
  double cost = 0;
};

std::vector<int> cheapest_per_layout_pair(const std::vector<CostOption>& row) {
  std::vector<int> best;
  for (int i = 0; i < static_cast<int>(row.size()); ++i) {
    const auto same_pair = std::find_if(best.begin(), best.end(), [&](int k) {
      return row[k].in == row[i].in && row[k].out == row[i].out;
    });
    if (same_pair == best.end()) {
      best.push_back(i);
    } else if (row[i].time_s < row[*same_pair].time_s) {
      *same_pair = i;
    }
  }
  std::sort(best.begin(), best.end());  // equal costs go to the option that stands first
  return best;
}

class Builder {
 public:
  Builder(const CostTable& table, const std::vector<ValueFlow>& flows)
      : table_(table), flows_(flows) {}

  LayerPbqp build() {
    made_by_.assign(table_.layers.size(), -1);
    for (std::size_t v = 0; v < flows_.size(); ++v) {
      if (flows_[v].maker >= 0) made_by_[flows_[v].maker] = static_cast<ValueId>(v);
    }
    value_node_.assign(flows_.size(), -1);
    // Nodes in execution order: the solver's bound moves costs along it.
    for (std::size_t v = 0; v < flows_.size(); ++v) {
      if (flows_[v].maker < 0) add_value_node(static_cast<ValueId>(v));
    }
    for (std::size_t layer = 0; layer < table_.layers.size(); ++layer) {
      add_layer_node(layer);
      if (made_by_[layer] >= 0) add_value_node(made_by_[layer]);
    }
    for (std::size_t v = 0; v < flows_.size(); ++v) {
      if (value_node_[v] >= 0) {
        join_value_node(static_cast<ValueId>(v));
      } else if (flows_[v].uses() == 1) {
        join_directly(static_cast<ValueId>(v));
      }
    }
    return std::move(result_);
  }

 private:
  const CostOption& option(int layer, std::size_t k) const {
    return table_.layers[layer][result_.option[layer][k]];
  }
  std::size_t options(int layer) const { return result_.option[layer].size(); }

  void add_layer_node(std::size_t layer) {
    const std::vector<CostOption>& row = table_.layers[layer];
    std::vector<int> kept = cheapest_per_layout_pair(row);
    std::vector<double> cost;
    for (const int i : kept) cost.push_back(row[i].time_s);
    result_.node.push_back(static_cast<int>(result_.problem.nodes.size()));
    result_.problem.nodes.push_back(std::move(cost));
    result_.option.push_back(std::move(kept));
  }

  bool needs_node(const ValueFlow& flow) const {
    const bool passed_through = flow.maker < 0 && flow.graph_output;  // no layer to charge
    return flow.uses() >= 2 || passed_through;
  }

  void add_value_node(ValueId v) {
    const ValueFlow& flow = flows_[v];
    if (!needs_node(flow)) return;
    LayoutSet made = 0, wanted = 0;
    if (flow.maker < 0) {
      made = set_of(table_.input_layout);
    } else {
      for (const CostOption& o : table_.layers[flow.maker]) made |= set_of(o.out);
    }
    for (const ValueReader& reader : flow.readers) {
      for (const CostOption& o : table_.layers[reader.layer]) wanted |= reader.layouts(o);
    }
    if (flow.graph_output) wanted |= set_of(table_.output_layout);

    std::vector<ValueOption> all;
    for (const Layout from : kEveryLayout) {
      if (!contains(made, from)) continue;
      // What costs nothing is always kept: a set without it is never better.
      LayoutSet free = set_of(from);
      for (const Layout to : kEveryLayout) {
        if (transforms_cost(table_, v, from, set_of(to)) == 0) free |= set_of(to);
      }
      const LayoutSet costly = wanted & ~free;
      // All subsets of `costly`, from the empty one up.
      LayoutSet kept = 0;
      do {
        const LayoutSet available = kept | free;
        const double cost = transforms_cost(table_, v, from, kept);
        const bool serves_output = !flow.graph_output || contains(available, table_.output_layout);
        if (cost < kForbidden && serves_output) {
          all.push_back({.made = from, .available = available, .cost = cost});
        }
        kept = (kept - costly) & costly;
      } while (kept != 0);
    }
    // Nothing fits: one forbidden option keeps the problem well formed.
    if (all.empty()) all.push_back({.cost = kForbidden});
    std::vector<double> cost;
    for (const ValueOption& o : all) cost.push_back(o.cost);
    value_node_[v] = static_cast<int>(result_.problem.nodes.size());
    result_.problem.nodes.push_back(std::move(cost));
    value_options_.resize(flows_.size());
    value_options_[v] = std::move(all);
  }

  void join_value_node(ValueId v) {
    const ValueFlow& flow = flows_[v];
    const std::vector<ValueOption>& all = value_options_[v];
    if (flow.maker >= 0) {
      PbqpEdge edge{.a = result_.node[flow.maker], .b = value_node_[v], .cost = {}};
      for (std::size_t i = 0; i < options(flow.maker); ++i) {
        for (const ValueOption& o : all) {
          edge.cost.push_back(option(flow.maker, i).out == o.made ? 0.0 : kForbidden);
        }
      }
      result_.problem.edges.push_back(std::move(edge));
    }
    for (const ValueReader& reader : flow.readers) {
      PbqpEdge edge{.a = value_node_[v], .b = result_.node[reader.layer], .cost = {}};
      for (const ValueOption& o : all) {
        for (std::size_t j = 0; j < options(reader.layer); ++j) {
          const LayoutSet read = reader.layouts(option(reader.layer, j));
          edge.cost.push_back((read & ~o.available) == 0 ? 0.0 : kForbidden);
        }
      }
      result_.problem.edges.push_back(std::move(edge));
    }
  }

  // One use: no node between, and if one end is the graph's, no edge either.
  void join_directly(ValueId v) {
    const ValueFlow& flow = flows_[v];
    if (flow.graph_output) {
      std::vector<double>& cost = result_.problem.nodes[result_.node[flow.maker]];
      for (std::size_t i = 0; i < cost.size(); ++i) {
        cost[i] +=
            transforms_cost(table_, v, option(flow.maker, i).out, set_of(table_.output_layout));
      }
      return;
    }
    const ValueReader& reader = flow.readers.front();
    if (flow.maker < 0) {
      std::vector<double>& cost = result_.problem.nodes[result_.node[reader.layer]];
      for (std::size_t j = 0; j < cost.size(); ++j) {
        cost[j] += transforms_cost(table_, v, table_.input_layout,
                                   reader.layouts(option(reader.layer, j)));
      }
      return;
    }
    PbqpEdge edge{.a = result_.node[flow.maker], .b = result_.node[reader.layer], .cost = {}};
    for (std::size_t i = 0; i < options(flow.maker); ++i) {
      for (std::size_t j = 0; j < options(reader.layer); ++j) {
        edge.cost.push_back(transforms_cost(table_, v, option(flow.maker, i).out,
                                            reader.layouts(option(reader.layer, j))));
      }
    }
    result_.problem.edges.push_back(std::move(edge));
  }

  const CostTable& table_;
  const std::vector<ValueFlow>& flows_;
  std::vector<ValueId> made_by_;  // of each layer
  std::vector<int> value_node_;   // of each value; -1: none
  std::vector<std::vector<ValueOption>> value_options_;
  LayerPbqp result_;
};

bool usable_time(double time_s) { return time_s >= 0 && time_s <= kMaxPbqpCost; }

}  // namespace

LayerPbqp build_layer_pbqp(const CostTable& table, const std::vector<ValueFlow>& flows) {
  return Builder(table, flows).build();
}

Status check_cost_table(const LayerGraph& graph, const CostTable& table) {
  if (table.layers.size() != graph.layers.size() ||
      table.transforms.size() != graph.values.size()) {
    return invalid_input(fmt::format(
        "the cost table has {} layers and {} values, but the graph has {} and {}",
        table.layers.size(), table.transforms.size(), graph.layers.size(), graph.values.size()));
  }
  std::vector<std::string> without;
  for (std::size_t i = 0; i < table.layers.size(); ++i) {
    if (table.layers[i].empty()) without.push_back(graph.layers[i].name);
    for (const CostOption& option : table.layers[i]) {
      if (usable_time(option.time_s)) continue;
      return invalid_input(fmt::format("the time of primitive '{}' is {} s, not a number of zero "
                                       "or more",
                                       option.primitive, option.time_s))
          .within(graph.layers[i].name);
    }
  }
  for (std::size_t v = 0; v < table.transforms.size(); ++v) {
    for (const auto& [layouts, cost] : table.transforms[v]) {
      if (usable_time(cost.time_s)) continue;
      return invalid_input(fmt::format("the time of transform {} to {} is {} s, not a number of "
                                       "zero or more",
                                       to_string(layouts.first), to_string(layouts.second),
                                       cost.time_s))
          .within(graph.values[v].name);
    }
  }
  if (!without.empty()) {
    return unsupported(fmt::format("no primitive is known for {} of {} layers: {}", without.size(),
                                   graph.layers.size(), fmt::join(without, ", ")),
                       "profile these layers, or allow more primitives");
  }
  return Ok{};
}

}  // namespace kernwise::detail
