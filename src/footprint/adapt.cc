// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/adapt.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace kernwise {
namespace {

constexpr double kStep = 0.05;     // ratios are multiples of it
constexpr int kProfiledSteps = 6;  // of each design: one warm-up and five timed

// Which stage each group belongs to.
struct Stages {
  std::vector<Stage> stages;
  std::vector<std::size_t> of_group;
};

Result<Stages> stages_of(const Network& network, Bytes limit) {
  KERNWISE_ASSIGN(const std::vector<ChannelGroup> groups, channel_groups(network, limit));
  KERNWISE_ASSIGN(const InferredValues values, infer_shapes(network, limit));
  std::map<std::string, std::vector<int64_t>> made;
  for (const Node& node : network.nodes) {
    const auto found = node.outputs.empty() ? values.end() : values.find(node.outputs[0]);
    if (found != values.end()) made[node.name] = found->second.dims;
  }
  Stages result;
  std::map<std::pair<int64_t, int64_t>, std::size_t> known;
  for (const ChannelGroup& group : groups) {
    const std::vector<int64_t>& dims = made[group.layers.front()];
    const int64_t h = dims.size() > 2 ? dims[2] : 1, w = dims.size() > 3 ? dims[3] : 1;
    const auto [entry, fresh] = known.try_emplace({h, w}, result.stages.size());
    if (fresh) result.stages.push_back({h, w, {}});
    result.stages[entry->second].layers.push_back(group.layers.front());
    result.of_group.push_back(entry->second);
  }
  return result;
}

double rounded(double ratio, double highest) {
  // Adding 0 turns a negative zero into one that reads as zero.
  return std::clamp(std::round(ratio / kStep) * kStep, 0.0, std::floor(highest / kStep) * kStep) +
         0.0;
}

class Search {
 public:
  Search(const Network& network, const AdaptOptions& options, const StepDevice& device, Rng& rng,
         Bytes limit)
      : network_(without_weights(network)), options_(options), device_(device), rng_(rng),
        limit_(limit) {}

  Result<AdaptResult> run(Progress& progress, const StopFlag& stop) {
    KERNWISE_ASSIGN(stages_, stages_of(network_, limit_));
    const std::size_t count = stages_.stages.size();
    if (count == 0) {
      return unsupported("no channel of this network can be removed",
                         "inputs, outputs and what operators depend on must stay");
    }
    KERNWISE_ASSIGN(const LayerGraph unpruned, graph_of(std::vector<double>(count, 0)));
    whole_macs_ = macs_by_layer(unpruned);
    for (const auto& [layer, worth] : options_.importance) {
      if (whole_macs_.contains(layer)) continue;
      return invalid_input(fmt::format("the importance names '{}', which is no layer with "
                                       "multiply-adds",
                                       layer),
                           "'kernwise inspect MODEL --layers' lists them");
    }
    KERNWISE_ASSIGN(const AdaptedDesign whole, evaluate(std::vector<double>(count, 0)));
    std::vector<AdaptedDesign> population = {whole};
    for (double ratio = kStep; ratio <= options_.highest_ratio + 1e-9; ratio += 3 * kStep) {
      KERNWISE_TRY(try_design(std::vector<double>(count, rounded(ratio, options_.highest_ratio)),
                              population));
    }
    for (int g = 0; g < options_.generations; ++g) {
      if (stop) return Error{ErrorCode::kInterrupted, "stopped", {}, ""};
      progress.update("adapting", static_cast<double>(g) / options_.generations,
                      fmt::format("{} designs", known_.size()));
      const std::size_t parents = population.size();
      for (int i = 0; i < options_.population; ++i) {
        KERNWISE_TRY(try_design(offspring(population, parents), population));
      }
      std::stable_sort(population.begin(), population.end(),
                       [this](const auto& a, const auto& b) { return better(a, b); });
      // Equal designs would crowd out all others.
      population.erase(
          std::unique(population.begin(), population.end(),
                      [](const auto& a, const auto& b) { return a.ratios == b.ratios; }),
          population.end());
      if (population.size() > static_cast<std::size_t>(options_.population)) {
        population.resize(static_cast<std::size_t>(options_.population));
      }
    }
    progress.finish("adapting", fmt::format("{} designs", known_.size()));
    AdaptResult result;
    result.stages = stages_.stages;
    result.whole = whole;
    result.best = population.front();
    result.front = front();
    result.evaluated = static_cast<int64_t>(known_.size());
    result.impossible = static_cast<int64_t>(impossible_.size());
    for (const auto& [ratios, design] : known_) {
      result.profiling_s += kProfiledSteps * design.step_s;
    }
    return result;
  }

  Result<PrunedNetwork> prune(const Network& network, const std::vector<double>& ratios) const {
    PruneOptions prune{.ratio = 0, .ratios = {}, .strategy = options_.strategy};
    for (const std::size_t stage : stages_.of_group) prune.ratios.push_back(ratios[stage]);
    Rng rng(options_.seed);
    return prune_channels(network, prune, rng, limit_);
  }
  Status find_stages() {
    KERNWISE_ASSIGN(stages_, stages_of(network_, limit_));
    return Ok{};
  }

  // Of the given network, with its weights.
  Result<WrittenDesign> written(const Network& network, AdaptResult& result) {
    KERNWISE_TRY(find_stages());
    KERNWISE_ASSIGN(const LayerGraph unpruned,
                    graph_of(std::vector<double>(stages_.stages.size(), 0)));
    whole_macs_ = macs_by_layer(unpruned);
    std::vector<AdaptedDesign> candidates;
    if (result.best.fits) candidates.push_back(result.best);
    for (const AdaptedDesign& design : result.front) {
      if (design.ratios != result.best.ratios) candidates.push_back(design);
    }
    WrittenDesign written;
    for (const AdaptedDesign& candidate : candidates) {
      Result<PrunedNetwork> pruned = prune(network, candidate.ratios);
      if (!pruned.ok() && pruned.error().code != ErrorCode::kUnsupported) return pruned.error();
      if (pruned.ok()) {
        KERNWISE_ASSIGN(const LayerGraph graph, unfolded_graph(without_weights(pruned->network),
                                                               options_.step.batch, limit_));
        KERNWISE_ASSIGN(AdaptedDesign design, judge(graph, candidate.ratios));
        if (design.fits) {
          result.best = std::move(design);
          written.network = std::move(pruned).value();
          return written;
        }
      }
      ++written.passed_over;
    }
    result.best.fits = false;
    return written;
  }

 private:
  // A candidate that no network can be made of (a part of a split would lose all its channels) is
  // left out; that ends no search.
  Status try_design(const std::vector<double>& ratios, std::vector<AdaptedDesign>& population) {
    if (impossible_.contains(ratios)) return Ok{};
    if (!known_.contains(ratios)) {
      const Result<LayerGraph> graph = graph_of(ratios);
      if (!graph.ok() && graph.error().code == ErrorCode::kUnsupported) {
        impossible_.insert(ratios);
        return Ok{};
      }
      if (!graph.ok()) return graph.error();
      KERNWISE_ASSIGN(AdaptedDesign design, judge(*graph, ratios));
      known_.emplace(ratios, std::move(design));
    }
    population.push_back(known_.at(ratios));
    return Ok{};
  }

  // Candidates are made without weights, for speed: any channels go. How many each part of a split
  // or a shuffle keeps can depend on which; the design that is written is predicted again
  // (written).
  Result<LayerGraph> graph_of(const std::vector<double>& ratios) const {
    KERNWISE_ASSIGN(const PrunedNetwork pruned, prune(network_, ratios));
    return unfolded_graph(pruned.network, options_.step.batch, limit_);
  }

  static std::map<std::string, double> macs_by_layer(const LayerGraph& graph) {
    std::map<std::string, double> result;
    for (const Layer& layer : graph.layers) {
      const auto work = static_cast<double>(macs(layer.problem).value);
      if (work > 0) result[layer.name] += work;
    }
    return result;
  }

  double kept(const LayerGraph& graph) const {
    double sum = 0, all = 0;
    for (const auto& [layer, now] : macs_by_layer(graph)) {
      const double whole = whole_macs_.at(layer);
      const auto worth = options_.importance.find(layer);
      if (options_.importance.empty()) sum += now;
      if (worth != options_.importance.end()) sum += worth->second * now / whole;
    }
    for (const auto& [layer, whole] : whole_macs_) {
      const auto worth = options_.importance.find(layer);
      if (options_.importance.empty()) all += whole;
      if (worth != options_.importance.end()) all += worth->second;
    }
    return all > 0 ? sum / all : 0;
  }

  Result<AdaptedDesign> evaluate(const std::vector<double>& ratios) {
    const auto found = known_.find(ratios);
    if (found != known_.end()) return found->second;
    KERNWISE_ASSIGN(const LayerGraph graph, graph_of(ratios));
    KERNWISE_ASSIGN(AdaptedDesign design, judge(graph, ratios));
    return known_.emplace(ratios, std::move(design)).first->second;
  }

  Result<AdaptedDesign> judge(const LayerGraph& graph, const std::vector<double>& ratios) const {
    const StepPrediction p = predict_step(graph, options_.step, device_);
    AdaptedDesign design;
    design.ratios = ratios;
    KERNWISE_ASSIGN(design.fits, fits(p, options_.limits));
    design.memory_bytes = p.allocated_bytes;
    if (options_.limits.target == MemoryTarget::kReserved && p.reserved_bytes) {
      design.memory_bytes = *p.reserved_bytes;
    }
    if (options_.limits.target == MemoryTarget::kUsed && p.used_bytes) {
      design.memory_bytes = *p.used_bytes;
    }
    if (p.latency) {
      design.step_s = p.latency->median_s;
      design.step_high_s = p.latency->high_s;
    }
    design.macs = Macs{total_macs(graph).value / options_.step.batch};
    design.kept = kept(graph);
    return design;
  }

  // How far beyond the limits, relative; 0 within them.
  double excess(const AdaptedDesign& d) const {
    double over = 0;
    if (options_.limits.memory.value > 0) {
      over += std::max(0.0,
                       d.memory_bytes.high / static_cast<double>(options_.limits.memory.value) - 1);
    }
    if (options_.limits.step.value > 0) {
      over += std::max(0.0, d.step_high_s / options_.limits.step.value - 1);
    }
    return over;
  }

  bool better(const AdaptedDesign& a, const AdaptedDesign& b) const {
    if (a.fits != b.fits) return a.fits;
    if (!a.fits && excess(a) != excess(b)) return excess(a) < excess(b);
    if (a.kept != b.kept) return a.kept > b.kept;
    return a.ratios < b.ratios;
  }

  const AdaptedDesign& parent(const std::vector<AdaptedDesign>& population, std::size_t count) {
    const auto draw = [&] {
      return static_cast<std::size_t>(rng_.integer(0, static_cast<int64_t>(count) - 1));
    };
    const AdaptedDesign &a = population[draw()], &b = population[draw()];
    return better(a, b) ? a : b;
  }

  std::vector<double> offspring(const std::vector<AdaptedDesign>& population, std::size_t count) {
    std::vector<double> child = parent(population, count).ratios;
    const std::vector<double>& other = parent(population, count).ratios;
    for (std::size_t s = 0; s < child.size(); ++s) {
      if (rng_.uniform() < 0.5) child[s] = other[s];
    }
    const double each = 1.5 / static_cast<double>(child.size());
    for (double& ratio : child) {
      if (rng_.uniform() >= each) continue;
      ratio = rounded(ratio + kStep * rng_.normal() * 2, options_.highest_ratio);
    }
    return child;
  }

  std::vector<AdaptedDesign> front() const {
    std::vector<AdaptedDesign> result;
    for (const auto& [ratios, d] : known_) {
      const bool bettered =
          std::any_of(known_.begin(), known_.end(), [&, &d = d](const auto& item) {
            const AdaptedDesign& o = item.second;
            const bool as_good = o.fits && o.kept >= d.kept &&
                                 o.memory_bytes.median <= d.memory_bytes.median &&
                                 o.step_s <= d.step_s;
            const bool more = o.kept > d.kept || o.memory_bytes.median < d.memory_bytes.median ||
                              o.step_s < d.step_s;
            return as_good && more;
          });
      if (d.fits && !bettered) result.push_back(d);
    }
    std::stable_sort(result.begin(), result.end(),
                     [](const auto& a, const auto& b) { return a.kept > b.kept; });
    return result;
  }

  const Network network_;  // without weights
  const AdaptOptions& options_;
  const StepDevice& device_;
  Rng& rng_;
  Bytes limit_;
  Stages stages_;
  std::map<std::string, double> whole_macs_;  // of one batch, by layer
  std::map<std::vector<double>, AdaptedDesign> known_;
  std::set<std::vector<double>> impossible_;
};

}  // namespace

Result<AdaptResult> adapt(const Network& network, const AdaptOptions& options,
                          const StepDevice& device, Rng& rng, Bytes max_model_memory,
                          Progress& progress, const StopFlag& stop) {
  return Search(network, options, device, rng, max_model_memory).run(progress, stop);
}

Result<WrittenDesign> written_design(const Network& network, const AdaptOptions& options,
                                     const StepDevice& device, AdaptResult& result,
                                     Bytes max_model_memory) {
  Rng unused(options.seed);
  return Search(network, options, device, unused, max_model_memory).written(network, result);
}

Result<PrunedNetwork> apply_design(const Network& network, const AdaptOptions& options,
                                   const std::vector<double>& ratios, Bytes max_model_memory) {
  const StepDevice none;
  Rng unused(options.seed);
  Search search(network, options, none, unused, max_model_memory);
  KERNWISE_TRY(search.find_stages());
  return search.prune(network, ratios);
}

}  // namespace kernwise
