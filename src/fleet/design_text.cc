// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Designs as text. Cells are written as NAS-Bench-201 does: "|op~from|+|op~from|op~from|", a node
// for each pair of bars and plus signs.
#include <fmt/format.h>

#include <algorithm>

#include "kernwise/fleet/space.h"

namespace kernwise {
namespace {

Error wrong(const DesignSpace& space, std::string_view text, const std::string& why) {
  Design first(space.positions.size(), 0);
  return invalid_input(
      fmt::format("'{}' is no design of {}: {}", text.substr(0, 200), space.name, why),
      "a design looks like " + design_string(space, first));
}

Result<Design> parse_cell(const DesignSpace& space, std::string_view text) {
  Design design;
  std::string_view rest = text;
  int node = 0;
  for (std::size_t e = 0; e < space.positions.size(); ++e) {
    const CellGraph::Edge& edge = space.graph->edges[e];
    std::string before = "|";
    if (edge.to != node) before = e == 0 ? "|" : "|+|";
    node = edge.to;
    if (!rest.starts_with(before)) return wrong(space, text, "a bar is missing");
    rest.remove_prefix(before.size());
    const std::string_view word = rest.substr(0, rest.find('~'));
    const auto& choices = space.positions[e].choices;
    const auto choice = std::find(choices.begin(), choices.end(), word);
    if (choice == choices.end()) {
      return wrong(space, text, fmt::format("there is no operation '{}'", word.substr(0, 80)));
    }
    design.push_back(static_cast<uint16_t>(choice - choices.begin()));
    rest.remove_prefix(word.size());
    const std::string from = fmt::format("~{}", edge.from);
    if (!rest.starts_with(from)) return wrong(space, text, "an edge is not where it belongs");
    rest.remove_prefix(from.size());
  }
  if (rest != "|") return wrong(space, text, "it does not end where it should");
  return design;
}

Result<Design> parse_words(const DesignSpace& space, std::string_view text) {
  Design design(space.positions.size(), 0);
  std::vector<bool> set(design.size(), false);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return wrong(space, text, "a word has no '='");
    const std::string_view name = word.substr(0, equals), value = word.substr(equals + 1);
    const auto position =
        std::find_if(space.positions.begin(), space.positions.end(),
                     [&](const SpacePosition& candidate) { return candidate.name == name; });
    if (position == space.positions.end()) {
      return wrong(space, text, fmt::format("there is no position '{}'", name.substr(0, 80)));
    }
    const auto choice = std::find(position->choices.begin(), position->choices.end(), value);
    if (choice == position->choices.end()) {
      return wrong(space, text, fmt::format("{} has no choice '{}'", name, value.substr(0, 80)));
    }
    const auto index = static_cast<std::size_t>(position - space.positions.begin());
    if (set[index]) return wrong(space, text, fmt::format("{} stands there twice", name));
    set[index] = true;
    design[index] = static_cast<uint16_t>(choice - position->choices.begin());
  }
  // What is inactive need not be said.
  if (canonical(space, design) != design) design = canonical(space, design);
  for (std::size_t i = 0; i < design.size(); ++i) {
    if (set[i]) continue;
    Design other = design;
    other[i] = 1;
    const bool matters = space.positions[i].choices.size() > 1 && canonical(space, other) != design;
    if (matters) {
      return wrong(space, text, fmt::format("nothing is said of {}", space.positions[i].name));
    }
  }
  return design;
}

}  // namespace

std::string design_string(const DesignSpace& space, const Design& design) {
  std::string text;
  if (space.graph) {
    int node = 0;
    for (std::size_t e = 0; e < design.size(); ++e) {
      const CellGraph::Edge& edge = space.graph->edges[e];
      text += edge.to != node && e > 0 ? "|+|" : "|";
      node = edge.to;
      text += fmt::format("{}~{}", space.positions[e].choices[design[e]], edge.from);
    }
    return text + "|";
  }
  std::vector<float> active(one_hot_size(space));
  one_hot(space, design, active.data());
  std::size_t at = 0;
  for (std::size_t i = 0; i < design.size(); ++i) {
    const SpacePosition& position = space.positions[i];
    if (active[at + design[i]] != 0) {
      text += fmt::format("{}{}={}", text.empty() ? "" : " ", position.name,
                          position.choices[design[i]]);
    }
    at += position.choices.size();
  }
  return text;
}

Result<Design> parse_design(const DesignSpace& space, std::string_view text) {
  KERNWISE_ASSIGN(Design design, space.graph ? parse_cell(space, text) : parse_words(space, text));
  if (const std::string why = objection(space, design); !why.empty()) {
    return wrong(space, text, why);
  }
  return design;
}

}  // namespace kernwise
