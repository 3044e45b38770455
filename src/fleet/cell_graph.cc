// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Cells as graphs: what a cell computes, and what of it a regressor should see.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "kernwise/fleet/space.h"

namespace kernwise {
namespace {

int output_node(const CellGraph& graph) {
  int last = 0;
  for (const CellGraph::Edge& edge : graph.edges) last = std::max(last, edge.to);
  return last;
}

// Operations along every path from the input to the output, identities left out.
std::vector<std::vector<uint16_t>> paths(const CellGraph& graph, const Design& design) {
  std::vector<std::vector<uint16_t>> found;
  std::vector<uint16_t> sequence;
  const int last = output_node(graph);
  const std::function<void(int)> walk = [&](int node) {
    if (node == last) {
      found.push_back(sequence);
      return;
    }
    for (std::size_t e = 0; e < graph.edges.size(); ++e) {
      if (graph.edges[e].from != node || design[e] == graph.zero) continue;
      const bool counts = design[e] != graph.identity;
      if (counts) sequence.push_back(design[e]);
      walk(graph.edges[e].to);
      if (counts) sequence.pop_back();
    }
  };
  walk(0);
  return found;
}

// Edges on some path from input to output.
std::vector<bool> live_edges(const CellGraph& graph, const Design& design) {
  const int last = output_node(graph);
  const auto nodes = static_cast<std::size_t>(last) + 1;
  std::vector<bool> reached(nodes, false), wanted(nodes, false), live(design.size(), false);
  reached[0] = wanted[static_cast<std::size_t>(last)] = true;
  for (int round = 0; round <= last; ++round) {
    for (std::size_t e = 0; e < design.size(); ++e) {
      if (design[e] == graph.zero) continue;
      const auto to = static_cast<std::size_t>(graph.edges[e].to);
      const auto from = static_cast<std::size_t>(graph.edges[e].from);
      if (reached[from]) reached[to] = true;
      if (wanted[to]) wanted[from] = true;
    }
  }
  for (std::size_t e = 0; e < design.size(); ++e) {
    live[e] = design[e] != graph.zero && reached[static_cast<std::size_t>(graph.edges[e].from)] &&
              wanted[static_cast<std::size_t>(graph.edges[e].to)];
  }
  return live;
}

constexpr std::size_t kLongestSequence = 3;  // longer ones are cut; NAS-Bench-201 has none

void append_graph_features(const DesignSpace& space, const Design& design,
                           std::vector<float>& features) {
  const CellGraph& graph = *space.graph;
  std::size_t ops = 0;
  for (const SpacePosition& position : space.positions) {
    ops = std::max(ops, position.choices.size());
  }
  // Sequences of up to three operations are numbered as the digits of base ops + 1 would be, but
  // only operations that do something take part, so the code stays short.
  std::vector<uint16_t> digit(ops, 0);
  uint16_t active = 0;
  for (uint16_t op = 0; op < ops; ++op) {
    if (op != graph.zero && op != graph.identity) digit[op] = active++;
  }
  std::size_t codes = 1, power = 1;
  std::vector<std::size_t> first(kLongestSequence + 1, 0);
  for (std::size_t length = 1; length <= kLongestSequence; ++length) {
    first[length] = codes;
    power *= active;
    codes += power;
  }
  const auto all = paths(graph, design);
  std::vector<float> counts(codes, 0);
  std::vector<float> deepest(ops, 0);  // most of an operation along one path
  float longest = 0, shortest = 9;
  for (const auto& path : all) {
    std::size_t code = 0;
    const std::size_t length = std::min(path.size(), kLongestSequence);
    for (std::size_t i = 0; i < length; ++i) code = code * active + digit[path[i]];
    counts[first[length] + code] += 1;
    longest = std::max(longest, static_cast<float>(path.size()));
    shortest = std::min(shortest, static_cast<float>(path.size()));
    for (std::size_t op = 0; op < ops; ++op) {
      deepest[op] =
          std::max(deepest[op], static_cast<float>(std::count(path.begin(), path.end(), op)));
    }
  }
  const std::vector<bool> live = live_edges(graph, design);
  std::vector<float> used(ops, 0);
  for (std::size_t e = 0; e < design.size(); ++e) {
    if (live[e]) used[design[e]] += 1;
  }
  features.insert(features.end(), counts.begin(), counts.end());
  features.insert(features.end(), used.begin(), used.end());
  features.insert(features.end(), deepest.begin(), deepest.end());
  features.push_back(all.empty() ? 1.0F : 0.0F);
  features.push_back(longest);
  features.push_back(all.empty() ? 0.0F : shortest);
  features.push_back(static_cast<float>(all.size()));
}

}  // namespace

std::string cell_identity(const DesignSpace& space, const Design& design) {
  const CellGraph& graph = *space.graph;
  const int last = output_node(graph);
  // Each node as the sorted terms of its sum; an identity hands the terms on.
  std::vector<std::vector<std::string>> nodes(static_cast<std::size_t>(last) + 1);
  const auto joined = [](const std::vector<std::string>& terms) {
    std::string sum;
    for (const std::string& term : terms) sum += (sum.empty() ? "" : "+") + term;
    return sum;
  };
  nodes[0] = {"x"};
  for (int node = 1; node <= last; ++node) {
    std::vector<std::string>& terms = nodes[static_cast<std::size_t>(node)];
    for (std::size_t e = 0; e < design.size(); ++e) {
      if (graph.edges[e].to != node || design[e] == graph.zero) continue;
      const auto& from = nodes[static_cast<std::size_t>(graph.edges[e].from)];
      if (from.empty()) continue;  // nothing arrives there
      if (design[e] == graph.identity) {
        terms.insert(terms.end(), from.begin(), from.end());
      } else {
        terms.push_back(fmt::format("({})@{}", joined(from), design[e]));
      }
    }
    std::sort(terms.begin(), terms.end());
  }
  return joined(nodes.back());
}

std::vector<float> design_features(const DesignSpace& space, const Design& design) {
  std::vector<float> features(one_hot_size(space));
  one_hot(space, design, features.data());
  if (space.graph) {
    append_graph_features(space, design, features);
    return features;
  }
  std::size_t at = 0;
  for (std::size_t i = 0; i < design.size(); ++i) {
    const SpacePosition& position = space.positions[i];
    const bool on = features[at + design[i]] != 0;
    at += position.choices.size();
    if (position.kind == PositionKind::kOperation) continue;
    features.push_back(on ? std::strtof(position.choices[design[i]].c_str(), nullptr) : 0.0F);
  }
  return features;
}

Design without_dead_edges(const DesignSpace& space, Design design) {
  if (!space.graph) return design;
  const std::vector<bool> live = live_edges(*space.graph, design);
  for (std::size_t e = 0; e < design.size(); ++e) {
    if (!live[e]) design[e] = space.graph->zero;
  }
  return design;
}

}  // namespace kernwise
