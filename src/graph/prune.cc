// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/prune.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "channel_cut.h"
#include "channel_ties.h"
#include "kernwise/graph/layer_graph.h"
#include "saturate.h"

namespace kernwise {
namespace {

using detail::ChannelTies;

// A group, and the roots of what can be removed from it.
struct Units {
  ChannelGroup group;
  std::vector<int> roots;
};

std::vector<Units> units_of(const Network& network, const ChannelTies& ties) {
  std::map<int, std::vector<std::size_t>> makers;  // root: producers, each once
  for (std::size_t i = 0; i < ties.producers().size(); ++i) {
    for (const int id : ties.producers()[i].ids) {
      std::vector<std::size_t>& list = makers[ties.root(id)];
      if (list.empty() || list.back() != i) list.push_back(i);
    }
  }
  std::map<std::vector<std::size_t>, Units> groups;  // by producers, so by the first one
  for (const auto& [root, producers] : makers) {
    if (root != 0) groups[producers].roots.push_back(root);
  }
  std::vector<Units> result;
  for (auto& [producers, units] : groups) {
    std::map<int, bool> own;
    for (const int root : units.roots) own[root] = true;
    for (const std::size_t i : producers) {
      const ChannelTies::Producer& producer = ties.producers()[i];
      units.group.layers.push_back(network.nodes[producer.node].name);
      for (const int id : producer.ids) units.group.channels += own.contains(ties.root(id)) ? 1 : 0;
    }
    units.group.units = static_cast<int64_t>(units.roots.size());
    result.push_back(std::move(units));
  }
  return result;
}

// Sum of absolute weights of every filter, by root. A filter is a slice of a convolution's weights,
// or a column of a matrix.
std::vector<double> filter_norms(const Network& network, const InferredValues& values,
                                 const ChannelTies& ties) {
  std::vector<double> norms(static_cast<std::size_t>(ties.count()), 0);
  for (const ChannelTies::Producer& producer : ties.producers()) {
    const Node& node = network.nodes[producer.node];
    const ConstantTensor& weights = *values.at(node.inputs[1]).constant;
    const std::vector<int64_t>& dims = weights.dims();
    const auto trans = node.attributes.find("transB");
    const auto* flag =
        trans == node.attributes.end() ? nullptr : std::get_if<int64_t>(&trans->second);
    const bool rows = node.op_type == "Conv" || (flag != nullptr && *flag != 0);
    if (node.op_type == "ConvTranspose" && dims[0] != static_cast<int64_t>(producer.ids.size())) {
      continue;  // filters lie across the weights; the layer behind decides
    }
    const std::vector<float> w = weights.to_floats();
    const std::size_t count = producer.ids.size();
    const bool along_first = rows || node.op_type == "ConvTranspose";
    for (std::size_t i = 0; i < w.size(); ++i) {
      const std::size_t filter = along_first ? i / (w.size() / count) : i % count;
      norms[static_cast<std::size_t>(ties.root(producer.ids[filter]))] += std::abs(w[i]);
    }
  }
  return norms;
}

void shuffle(std::vector<int>& items, Rng& rng) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1],
              items[static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(i) - 1))]);
  }
}

}  // namespace

Result<PruneStrategy> parse_prune_strategy(std::string_view name) {
  if (name == "random") return PruneStrategy::kRandom;
  if (name == "l1") return PruneStrategy::kL1;
  return invalid_input(fmt::format("strategy '{}' is not known", name), "one of random, l1");
}

Result<std::vector<ChannelGroup>> channel_groups(const Network& network, Bytes max_model_memory) {
  KERNWISE_ASSIGN(const InferredValues values, infer_shapes(network, max_model_memory));
  std::vector<ChannelGroup> groups;
  for (Units& units : units_of(network, ChannelTies::trace(network, values))) {
    groups.push_back(std::move(units.group));
  }
  return groups;
}

Result<PrunedNetwork> prune_channels(const Network& network, const PruneOptions& options, Rng& rng,
                                     Bytes max_model_memory) {
  KERNWISE_ASSIGN(const InferredValues values, infer_shapes(network, max_model_memory));
  const ChannelTies ties = ChannelTies::trace(network, values);
  std::vector<Units> all = units_of(network, ties);
  if (!options.ratios.empty() && options.ratios.size() != all.size()) {
    return invalid_input(fmt::format("{} ratios for {} groups", options.ratios.size(), all.size()));
  }
  std::vector<double> norms;
  if (options.strategy == PruneStrategy::kL1) norms = filter_norms(network, values, ties);
  std::vector<bool> kept(static_cast<std::size_t>(ties.count()), true);
  PrunedNetwork pruned;
  for (std::size_t g = 0; g < all.size(); ++g) {
    Units& units = all[g];
    const double ratio = options.ratios.empty() ? options.ratio : options.ratios[g];
    if (!(ratio >= 0 && ratio < 1)) {
      return invalid_input(fmt::format("a ratio of {} is not between 0 and 1", ratio));
    }
    shuffle(units.roots, rng);
    if (!norms.empty()) {
      std::stable_sort(units.roots.begin(), units.roots.end(), [&](int a, int b) {
        return norms[static_cast<std::size_t>(a)] < norms[static_cast<std::size_t>(b)];
      });
    }
    // 0.3 of 10 is 3, although the product lies just below.
    const auto share = static_cast<int64_t>(ratio * static_cast<double>(units.group.units) + 1e-9);
    units.group.removed = std::min(share, units.group.units - 1);
    for (int64_t i = 0; i < units.group.removed; ++i) {
      kept[static_cast<std::size_t>(units.roots[static_cast<std::size_t>(i)])] = false;
    }
    pruned.groups.push_back(std::move(units.group));
  }
  KERNWISE_ASSIGN(pruned.network, detail::cut_channels(network, values, ties, kept));
  KERNWISE_TRY(infer_shapes(pruned.network, max_model_memory));
  return pruned;
}

Network without_weights(const Network& network) {
  Network result = network;
  for (auto& [name, constant] : result.constants) {
    // Small ones may be bounds or scales that shapes depend on.
    if (constant.type() != DataType::kFloat32 || constant.elements() <= 16) continue;
    constant = ConstantTensor::filled(constant.dims(), 0.5F);
  }
  return result;
}

}  // namespace kernwise
