// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "probe.h"

#include <algorithm>
#include <utility>

namespace kernwise::detail {
namespace {

constexpr double kWithin = 3;
constexpr std::size_t kCandidates = 12;
constexpr int kConvolutionsAtATime = 4;

// The members in the order in which they tell most about all of them.
std::vector<std::size_t> telling_order(const std::vector<Problem>& problems,
                                       const std::vector<std::size_t>& members,
                                       const PerformanceModel& model, int threads, uint64_t seed) {
  Samples candidates;
  candidates.schema = model.schema();
  candidates.outputs = model.outputs();
  std::vector<double> features(model.schema().features.size());
  std::vector<std::size_t> usable;
  for (const std::size_t i : members) {
    if (!compute_features(problems[i], threads, features).ok()) continue;
    candidates.x.insert(candidates.x.end(), features.begin(), features.end());
    candidates.y.resize(candidates.y.size() + model.outputs().size(), 0);
    candidates.group.push_back(static_cast<int>(usable.size()));
    usable.push_back(i);
  }
  Rng rng(seed);
  std::vector<std::size_t> order;
  for (const int64_t row : choose_samples(model, candidates, candidates.rows(), rng)) {
    order.push_back(usable[static_cast<std::size_t>(row)]);
  }
  return order;
}

}  // namespace

std::set<std::string> promising(const PredictedProblem& predicted) {
  std::vector<const KnownCost*> order;
  for (const KnownCost& cost : predicted.costs) order.push_back(&cost);
  std::sort(order.begin(), order.end(),
            [](const auto* a, const auto* b) { return a->time_s < b->time_s; });
  std::set<std::string> ids;
  for (const KnownCost* cost : order) {
    if (ids.size() >= kCandidates || cost->time_s > kWithin * order.front()->time_s) break;
    ids.insert(cost->primitive);
  }
  return ids;
}

std::vector<std::size_t> probe_order(const std::vector<Problem>& problems,
                                     const std::vector<PredictedProblem>& predicted,
                                     const DeviceModel& source, uint64_t seed) {
  std::map<ProblemKind, std::vector<std::size_t>> of_kind;
  for (std::size_t i = 0; i < problems.size(); ++i) {
    if (!predicted[i].costs.empty()) of_kind[problems[i].kind()].push_back(i);
  }
  std::vector<std::pair<int, std::vector<std::size_t>>> queues;  // how many at a time, of what
  for (const auto& [kind, members] : of_kind) {
    queues.emplace_back(kind == ProblemKind::kConv ? kConvolutionsAtATime : 1,
                        telling_order(problems, members, source.models.at(kind),
                                      source.card.trained_threads, seed));
  }
  std::vector<std::size_t> order, next(queues.size(), 0);
  for (bool more = true; more;) {
    more = false;
    for (std::size_t q = 0; q < queues.size(); ++q) {
      const auto& [at_a_time, queue] = queues[q];
      for (int step = 0; step < at_a_time && next[q] < queue.size(); ++step, more = true) {
        order.push_back(queue[next[q]++]);
      }
    }
  }
  return order;
}

}  // namespace kernwise::detail
