// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// docs/formats/space.md as code.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "built_in_spaces.h"
#include "kernwise/base/file.h"
#include "kernwise/fleet/space.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "kernwise.space/1";
constexpr Bytes kMaxFile{int64_t{4} << 20};
constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxRules = 4096;
constexpr std::size_t kMaxGraphNodes = 16;
// Regressors look at every path of a cell, and count sequences of up to three operations.
constexpr double kMaxPaths = 256;
constexpr std::size_t kMaxGraphChoices = 16;
constexpr std::size_t kMaxChoicesInAll = 4096;  // the limit of a table's encoding

Error broken(const std::string& what) {
  return invalid_input(what, "docs/formats/space.md says what a space file holds");
}

Result<std::string> text_of(const Json& object, const char* key, bool needed) {
  const auto found = object.find(key);
  if (found == object.end()) {
    if (needed) return broken(fmt::format("'{}' is missing", key));
    return std::string();
  }
  if (!found->is_string()) return broken(fmt::format("'{}' is not text", key));
  return found->get<std::string>();
}

Result<PositionKind> kind_of(const std::string& text) {
  for (int i = 0; i <= static_cast<int>(PositionKind::kBits); ++i) {
    const auto kind = static_cast<PositionKind>(i);
    if (text == to_string(kind)) return kind;
  }
  return broken(fmt::format("'{}' is no kind of position", text.substr(0, 80)));
}

bool is_number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == 0 && value > 0 && value < 1e9;
}

// Labels stand in design strings, between blanks and behind an equals sign.
bool is_label(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 127 && c != '=' && c != ',' && c != '|';
  });
}

Result<SpacePosition> parse_position(const Json& json) {
  if (!json.is_object()) return broken("a position is not an object");
  SpacePosition position;
  KERNWISE_ASSIGN(position.name, text_of(json, "name", true));
  if (!is_label(position.name)) return broken("a position's name is empty or has blanks in it");
  const auto within = [&](Error error) { return std::move(error).within(position.name); };
  auto stage = text_of(json, "stage", false);
  if (!stage.ok()) return within(std::move(stage).error());
  position.stage = std::move(stage).value();
  auto kind_text = text_of(json, "kind", false);
  if (!kind_text.ok()) return within(std::move(kind_text).error());
  if (!kind_text->empty()) {
    auto kind = kind_of(*kind_text);
    if (!kind.ok()) return within(std::move(kind).error());
    position.kind = *kind;
  }
  const auto choices = json.find("choices");
  if (choices == json.end() || !choices->is_array() || choices->empty() ||
      choices->size() > kMaxChoices) {
    return within(broken(fmt::format("'choices' is no list of 1 to {}", kMaxChoices)));
  }
  std::set<std::string> seen;
  for (const Json& choice : *choices) {
    if (!choice.is_string() || !is_label(choice.get<std::string>())) {
      return within(broken("a choice is not a word"));
    }
    position.choices.push_back(choice.get<std::string>());
    if (!seen.insert(position.choices.back()).second) {
      return within(broken(fmt::format("'{}' stands there twice", position.choices.back())));
    }
    if (position.kind != PositionKind::kOperation && !is_number(position.choices.back())) {
      return within(broken(fmt::format("'{}' is no positive number, as a {} must be",
                                       position.choices.back(), to_string(position.kind))));
    }
  }
  return position;
}

Result<std::size_t> position_named(const DesignSpace& space, const std::string& name) {
  for (std::size_t i = 0; i < space.positions.size(); ++i) {
    if (space.positions[i].name == name) return i;
  }
  return broken(fmt::format("there is no position '{}'", name.substr(0, 80)));
}

Result<uint16_t> choice_named(const SpacePosition& position, const std::string& name) {
  const auto at = std::find(position.choices.begin(), position.choices.end(), name);
  if (at == position.choices.end()) {
    return broken(fmt::format("{} has no choice '{}'", position.name, name.substr(0, 80)));
  }
  return static_cast<uint16_t>(at - position.choices.begin());
}

Result<SpaceRule> parse_rule(const DesignSpace& space, const Json& json) {
  if (!json.is_object()) return broken("a rule is not an object");
  const auto forbid = json.find("forbid"), when = json.find("when");
  const Json& condition = forbid != json.end() ? *forbid : when != json.end() ? *when : json;
  if ((forbid == json.end()) == (when == json.end()) || !condition.is_object() ||
      condition.empty()) {
    return broken("a rule has either 'forbid' or 'when', an object of choices");
  }
  SpaceRule rule;
  for (const auto& [name, choices] : condition.items()) {
    KERNWISE_ASSIGN(const std::size_t position, position_named(space, name));
    if (!choices.is_array() || choices.empty()) return broken("a rule names no choices");
    for (const Json& choice : choices) {
      if (!choice.is_string()) return broken("a choice is not a word");
      KERNWISE_ASSIGN(const uint16_t index,
                      choice_named(space.positions[position], choice.get<std::string>()));
      rule.when[position].push_back(index);
    }
  }
  if (forbid != json.end()) return rule;
  const auto inactive = json.find("inactive");
  if (inactive == json.end() || !inactive->is_array() || inactive->empty()) {
    return broken("a rule with 'when' names its 'inactive' positions");
  }
  for (const Json& name : *inactive) {
    if (!name.is_string()) return broken("a position's name is not text");
    KERNWISE_ASSIGN(const std::size_t position, position_named(space, name.get<std::string>()));
    if (rule.when.contains(position)) return broken("a rule makes its own condition inactive");
    rule.inactive.push_back(position);
  }
  return rule;
}

Result<CellGraph> parse_graph(const DesignSpace& space, const Json& json) {
  CellGraph graph;
  const auto edges = json.is_object() ? json.find("edges") : json.end();
  if (!json.is_object() || edges == json.end() || !edges->is_array() ||
      edges->size() != space.positions.size()) {
    return broken("'graph' has no list of 'edges', one for each position");
  }
  for (const Json& edge : *edges) {
    if (!edge.is_array() || edge.size() != 2 || !edge[0].is_number_unsigned() ||
        !edge[1].is_number_unsigned() || edge[0].get<uint64_t>() >= kMaxGraphNodes ||
        edge[0].get<uint64_t>() <= edge[1].get<uint64_t>()) {
      return broken(fmt::format("an edge is [to, from], to > from, to < {}", kMaxGraphNodes));
    }
    graph.edges.push_back({edge[0].get<int>(), edge[1].get<int>()});
  }
  std::set<std::pair<int, int>> distinct;
  for (const CellGraph::Edge& edge : graph.edges) {
    if (!distinct.emplace(edge.to, edge.from).second) {
      return broken(fmt::format("there are two edges from {} to {}", edge.from, edge.to));
    }
  }
  std::array<double, kMaxGraphNodes> paths{1};  // that reach a node; edges lead upwards
  for (const auto& [to, from] : distinct) {
    paths[static_cast<std::size_t>(to)] += paths[static_cast<std::size_t>(from)];
  }
  if (*std::max_element(paths.begin(), paths.end()) > kMaxPaths) {
    return broken(fmt::format("the graph has over {} paths", kMaxPaths));
  }
  if (space.positions[0].choices.size() > kMaxGraphChoices) {
    return broken(fmt::format("the edges of a graph have over {} choices", kMaxGraphChoices));
  }
  KERNWISE_ASSIGN(const std::string zero, text_of(json, "zero", true));
  KERNWISE_ASSIGN(const std::string identity, text_of(json, "identity", true));
  KERNWISE_ASSIGN(graph.zero, choice_named(space.positions[0], zero));
  KERNWISE_ASSIGN(graph.identity, choice_named(space.positions[0], identity));
  for (const SpacePosition& position : space.positions) {
    if (position.choices != space.positions[0].choices) {
      return broken("the edges of a graph must all have the same choices");
    }
  }
  return graph;
}

Json condition_json(const DesignSpace& space, const ChoiceCondition& condition) {
  Json json = Json::object();
  for (const auto& [position, choices] : condition) {
    for (const uint16_t choice : choices) {
      json[space.positions[position].name].push_back(space.positions[position].choices[choice]);
    }
  }
  return json;
}

}  // namespace

Result<DesignSpace> parse_space(std::string_view text) {
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth < kMaxDepth; };
  const Json json = Json::parse(text, shallow, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object()) return broken("this is not a JSON object");
  KERNWISE_ASSIGN(const std::string schema, text_of(json, "schema", true));
  if (schema != kSchema) {
    return broken(fmt::format("the schema is '{}', not {}", schema.substr(0, 80), kSchema));
  }
  DesignSpace space;
  KERNWISE_ASSIGN(space.name, text_of(json, "name", true));
  if (!is_label(space.name) || space.name.find('/') != std::string::npos || space.name[0] == '.') {
    return broken("'name' is no word of up to 64 letters: files are called by it");
  }
  KERNWISE_ASSIGN(space.source, text_of(json, "source", false));
  KERNWISE_ASSIGN(space.builder, text_of(json, "builder", false));
  const auto positions = json.find("positions");
  if (positions == json.end() || !positions->is_array() || positions->empty() ||
      positions->size() > kMaxPositions) {
    return broken(fmt::format("'positions' is no list of 1 to {}", kMaxPositions));
  }
  std::set<std::string> names;
  std::size_t choices = 0;
  for (const Json& entry : *positions) {
    KERNWISE_ASSIGN(SpacePosition position, parse_position(entry));
    if (!names.insert(position.name).second) {
      return broken(fmt::format("'{}' stands there twice", position.name));
    }
    space.positions.push_back(std::move(position));
    choices += space.positions.back().choices.size();
  }
  if (choices > kMaxChoicesInAll) {
    return broken(fmt::format("the positions have over {} choices in all", kMaxChoicesInAll));
  }
  if (const auto rules = json.find("rules"); rules != json.end()) {
    if (!rules->is_array() || rules->size() > kMaxRules) return broken("'rules' is no list");
    for (const Json& entry : *rules) {
      KERNWISE_ASSIGN(SpaceRule rule, parse_rule(space, entry));
      space.rules.push_back(std::move(rule));
    }
  }
  if (const auto graph = json.find("graph"); graph != json.end()) {
    KERNWISE_ASSIGN(space.graph, parse_graph(space, *graph));
  }
  return space;
}

std::string space_text(const DesignSpace& space) {
  Json json = {{"schema", kSchema}, {"name", space.name}};
  if (!space.source.empty()) json["source"] = space.source;
  if (!space.builder.empty()) json["builder"] = space.builder;
  json["positions"] = Json::array();
  for (const SpacePosition& position : space.positions) {
    Json entry = {{"name", position.name}};
    if (!position.stage.empty()) entry["stage"] = position.stage;
    entry["kind"] = to_string(position.kind);
    entry["choices"] = position.choices;
    json["positions"].push_back(std::move(entry));
  }
  for (const SpaceRule& rule : space.rules) {
    Json entry = {{rule.inactive.empty() ? "forbid" : "when", condition_json(space, rule.when)}};
    for (const std::size_t position : rule.inactive) {
      entry["inactive"].push_back(space.positions[position].name);
    }
    json["rules"].push_back(std::move(entry));
  }
  if (space.graph) {
    Json edges = Json::array();
    for (const CellGraph::Edge& edge : space.graph->edges) edges.push_back({edge.to, edge.from});
    json["graph"] = {{"edges", std::move(edges)},
                     {"zero", space.positions[0].choices[space.graph->zero]},
                     {"identity", space.positions[0].choices[space.graph->identity]}};
  }
  return json.dump(1) + "\n";
}

Result<DesignSpace> load_space(const std::string& name_or_file) {
  if (auto built_in = detail::built_in_space(name_or_file)) return *std::move(built_in);
  std::string known;
  for (const std::string& name : built_in_spaces()) known += (known.empty() ? "" : ", ") + name;
  Result<std::string> text = read_file(name_or_file, kMaxFile);
  if (!text.ok()) {
    return invalid_input(
        fmt::format("'{}' is neither a built-in space nor a file", name_or_file.substr(0, 200)),
        "built in are " + known);
  }
  Result<DesignSpace> space = parse_space(*text);
  if (!space.ok()) return std::move(space).error().within(name_or_file);
  return space;
}

}  // namespace kernwise
