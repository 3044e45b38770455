// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "topological_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "describe.h"

namespace kernwise::detail {
namespace {

using Makers = std::unordered_map<std::string_view, std::size_t>;  // value -> node

Result<Makers> find_makers(const Network& network,
                           const std::unordered_set<std::string_view>& given) {
  Makers makers;
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    const Node& node = network.nodes[i];
    for (const std::string& name : node.outputs) {
      if (name.empty()) continue;
      if (given.contains(name) || !makers.emplace(name, i).second) {
        return invalid_input(fmt::format("two tensors are named '{}'", name))
            .within(describe_node(node));
      }
    }
  }
  return makers;
}

// Follows unmet needs backwards from a node that never became ready; that must close a circle.
std::string describe_cycle(const Network& network, const Makers& makers,
                           const std::vector<std::size_t>& unmet, std::size_t start) {
  std::vector<std::size_t> path;
  std::unordered_map<std::size_t, std::size_t> position;
  for (std::size_t at = start; position.emplace(at, path.size()).second;) {
    path.push_back(at);
    for (const std::string& name : network.nodes[at].inputs) {
      const auto maker = makers.find(name);
      if (maker == makers.end() || unmet[maker->second] == 0) continue;
      at = maker->second;
      break;
    }
    if (const auto seen = position.find(at); seen != position.end()) {
      path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(seen->second));
    }
  }
  std::reverse(path.begin(), path.end());  // in the direction of the data
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(path.size(), kShown); ++i) {
    text += fmt::format("'{}' -> ", network.nodes[path[i]].name);
  }
  if (path.size() > kShown) text += "... -> ";
  return text + fmt::format("'{}'", network.nodes[path.front()].name);
}

}  // namespace

Status sort_topologically(Network& network) {
  std::unordered_set<std::string_view> given;
  for (const ValueShape& input : network.inputs) given.insert(input.name);
  for (const auto& [name, tensor] : network.constants) given.insert(name);
  KERNWISE_ASSIGN(const Makers makers, find_makers(network, given));

  std::vector<std::size_t> unmet(network.nodes.size(), 0);
  std::vector<std::vector<std::size_t>> readers(network.nodes.size());
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    for (const std::string& name : network.nodes[i].inputs) {
      if (name.empty() || given.contains(name)) continue;
      const auto maker = makers.find(name);
      if (maker == makers.end()) {
        return invalid_input(fmt::format("reads '{}', which nothing in the file makes", name))
            .within(describe_node(network.nodes[i]));
      }
      ++unmet[i];
      readers[maker->second].push_back(i);
    }
  }

  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < unmet.size(); ++i) {
    if (unmet[i] == 0) ready.push(i);
  }
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    order.push_back(ready.top());
    ready.pop();
    for (const std::size_t reader : readers[order.back()]) {
      if (--unmet[reader] == 0) ready.push(reader);
    }
  }
  if (order.size() < network.nodes.size()) {
    const auto stuck = std::find_if(unmet.begin(), unmet.end(), [](auto n) { return n > 0; });
    return invalid_input(
        "the graph has a cycle: " +
        describe_cycle(network, makers, unmet, static_cast<std::size_t>(stuck - unmet.begin())));
  }
  std::vector<Node> sorted;
  sorted.reserve(order.size());
  for (const std::size_t i : order) sorted.push_back(std::move(network.nodes[i]));
  network.nodes = std::move(sorted);
  return Ok{};
}

}  // namespace kernwise::detail
