// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/views.h"

#include <algorithm>
#include <set>

namespace kernwise {
namespace {

// Deeper than any network; recursion must end whatever a file says.
constexpr int kDeepest = 256;

// Values whose place or content somebody else decides.
std::vector<bool> fixed_values(const LayerGraph& graph) {
  std::vector<bool> fixed(graph.values.size(), false);
  const auto fix = [&](ValueId value) { fixed[static_cast<std::size_t>(value)] = true; };
  for (const ValueId value : graph.inputs) fix(value);
  for (const ValueId value : graph.outputs) fix(value);
  for (const Layer& layer : graph.layers) {
    if (layer.residual) fix(*layer.residual);
  }
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (same_bytes(graph.values[i].shape, Layout::kNchw, Layout::kNhwc)) fixed[i] = true;
  }
  return fixed;
}

bool is_copy(const Layer& layer) {
  if (const auto* concat = layer.problem.as<ConcatProblem>()) {
    return concat->n == 1 || concat->channels.size() == 1;
  }
  return layer.problem.kind() == ProblemKind::kReshape;
}

}  // namespace

std::optional<std::size_t> ViewClaims::follow(int thing, const std::vector<int>& parts,
                                              std::size_t begin, int depth) const {
  if (begin < parts.size() && parts[begin] == thing) return begin + 1;
  const std::vector<int>& inside = parts_[static_cast<std::size_t>(thing)];
  if (inside.empty() || depth == kDeepest) return std::nullopt;
  for (const int part : inside) {
    const auto end = follow(part, parts, begin, depth + 1);
    if (!end) return std::nullopt;
    begin = *end;
  }
  return begin;
}

bool ViewClaims::place(int whole, const std::vector<int>& parts) {
  if (parent(whole) >= 0 || std::set<int>(parts.begin(), parts.end()).size() != parts.size()) {
    return false;
  }
  std::vector<int> placed;
  for (std::size_t i = 0; i < parts.size();) {
    int outermost = parts[i];
    while (parent(outermost) >= 0) outermost = parent(outermost);
    const auto end = follow(outermost, parts, i, 0);
    if (!end || outermost == whole) return false;
    placed.push_back(outermost);
    i = *end;
  }
  for (const int part : placed) parent_[static_cast<std::size_t>(part)] = whole;
  parts_[static_cast<std::size_t>(whole)] = std::move(placed);
  return true;
}

std::vector<bool> possible_views(const LayerGraph& graph) {
  const std::vector<bool> fixed = fixed_values(graph);
  const auto is_free = [&](ValueId value) { return !fixed[static_cast<std::size_t>(value)]; };
  ViewClaims claims(static_cast<int>(graph.values.size()));
  std::vector<bool> views;
  for (const Layer& layer : graph.layers) {
    views.push_back(is_copy(layer) && is_free(layer.output) &&
                    std::all_of(layer.inputs.begin(), layer.inputs.end(), is_free) &&
                    claims.place(layer.output, layer.inputs));
  }
  return views;
}

}  // namespace kernwise
