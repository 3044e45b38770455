// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "networks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "kernwise/learn/metrics.h"
#include "kernwise/select/pbqp.h"

namespace kernwise::mulder {
namespace {

Network vgg(std::string name, const std::vector<int>& repeats) {
  Network network{std::move(name), {}};
  int64_t c = 3, im = 224;
  for (std::size_t stage = 0; stage < repeats.size(); ++stage) {
    const int64_t k = std::min<int64_t>(512, 64 << stage);
    for (int i = 0; i < repeats[stage]; ++i) {
      network.layers.push_back({c, k, im, 3, 1});
      c = k;
    }
    im /= 2;
  }
  return network;
}

Network resnet18() {
  Network network{"ResNet-18", {{3, 64, 224, 7, 2}}};
  int64_t c = 64, im = 56;
  for (const int64_t k : {64, 128, 256, 512}) {
    for (int i = 0; i < 4; ++i) {
      const int64_t s = i == 0 && k != c ? 2 : 1;
      network.layers.push_back({c, k, im, 3, s});
      im /= s;
      c = k;
    }
  }
  return network;
}

// Costs of one chain: options of each layer and transforms before each layer but the first.
struct Chain {
  std::vector<std::vector<int64_t>> options;          // output index
  std::vector<std::vector<double>> time;              // of each option
  std::vector<std::map<std::string, double>> change;  // "hwc-to-chw" -> seconds
};

PbqpProblem as_pbqp(const Chain& chain, const std::vector<std::string>& outputs,
                    const Formats& formats) {
  PbqpProblem problem;
  problem.nodes = chain.time;
  for (std::size_t i = 0; i + 1 < chain.time.size(); ++i) {
    PbqpEdge edge{static_cast<int>(i), static_cast<int>(i + 1), {}};
    for (const int64_t a : chain.options[i]) {
      const std::string& from = formats.out.at(outputs[static_cast<std::size_t>(a)]);
      for (const int64_t b : chain.options[i + 1]) {
        const std::string& to = formats.in.at(outputs[static_cast<std::size_t>(b)]);
        const auto found = chain.change[i + 1].find(from + "-to-" + to);
        edge.cost.push_back(from == to                           ? 0
                            : found == chain.change[i + 1].end() ? kForbidden
                                                                 : found->second);
      }
    }
    problem.edges.push_back(std::move(edge));
  }
  return problem;
}

double sum_of_nodes(const Chain& chain, const std::vector<int>& choice) {
  double sum = 0;
  for (std::size_t i = 0; i < choice.size(); ++i) {
    sum += chain.time[i][static_cast<std::size_t>(choice[i])];
  }
  return sum;
}

// Total of the best plan with option `o` at layer `i`, for all of them: what the option would cost
// where it stands, with the layouts that it brings.
Result<std::vector<std::vector<double>>> totals_with_each(const PbqpProblem& problem) {
  std::vector<std::vector<double>> totals;
  for (std::size_t i = 0; i < problem.nodes.size(); ++i) {
    totals.emplace_back();
    for (std::size_t o = 0; o < problem.nodes[i].size(); ++o) {
      PbqpProblem forced = problem;
      for (std::size_t other = 0; other < forced.nodes[i].size(); ++other) {
        if (other != o) forced.nodes[i][other] = kForbidden;
      }
      const Result<PbqpSolution> solved = solve_pbqp(forced);
      totals.back().push_back(solved.ok() ? solved->cost : kForbidden);
    }
  }
  return totals;
}

}  // namespace

const std::vector<Network>& networks() {
  static const std::vector<Network> all = {{"AlexNet",
                                            {{3, 64, 224, 11, 4},
                                             {64, 192, 27, 5, 1},
                                             {192, 384, 13, 3, 1},
                                             {384, 256, 13, 3, 1},
                                             {256, 256, 13, 3, 1}}},
                                           vgg("VGG-11", {1, 1, 2, 2, 2}),
                                           vgg("VGG-16", {2, 2, 3, 3, 3}),
                                           vgg("VGG-19", {2, 2, 4, 4, 4}),
                                           resnet18()};
  return all;
}

Result<std::optional<NetworkResult>> judge_network(const Network& network, const Platform& platform,
                                                   const Formats& formats,
                                                   const PerformanceModel& layers,
                                                   const PerformanceModel& transforms,
                                                   const ErrorCovariance& covariance, int top) {
  const std::vector<std::string>& outputs = layers.outputs();
  Chain truth, guess;
  std::vector<std::vector<double>> predicted_logs;
  PerformanceModel::Workspace w;
  PerformanceModel::Prediction prediction;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const LayerKey& key = network.layers[i];
    const auto row = platform.row_of.find(key);
    if (row == platform.row_of.end()) return std::optional<NetworkResult>();
    const auto y = platform.layers.targets(row->second);
    layers.predict(platform.layers.features(row->second), prediction, w);
    truth.options.emplace_back(), truth.time.emplace_back(), truth.change.emplace_back();
    guess.time.emplace_back(), guess.change.emplace_back();
    predicted_logs.emplace_back(outputs.size());
    layers.predict_logs(platform.layers.features(row->second), predicted_logs.back(), w);
    for (std::size_t p = 0; p < y.size(); ++p) {
      if (std::isnan(y[p]) || std::isnan(prediction.time_s[p])) continue;
      if (!formats.in.contains(outputs[p])) continue;
      truth.options.back().push_back(static_cast<int64_t>(p));
      truth.time.back().push_back(std::exp(y[p]));
      guess.time.back().push_back(prediction.time_s[p]);
    }
    if (truth.time.back().empty()) return std::optional<NetworkResult>();
    if (i == 0) continue;
    const auto change = platform.transform_row.find({key.c, key.im});
    if (change == platform.transform_row.end()) return std::optional<NetworkResult>();
    const auto t = platform.transforms.targets(change->second);
    transforms.predict(platform.transforms.features(change->second), prediction, w);
    for (std::size_t p = 0; p < t.size(); ++p) {
      if (std::isnan(t[p])) continue;
      truth.change.back()[platform.transforms.outputs[p]] = std::exp(t[p]);
      guess.change.back()[platform.transforms.outputs[p]] = prediction.time_s[p];
    }
  }
  guess.options = truth.options;
  const PbqpProblem measured = as_pbqp(truth, outputs, formats);
  const PbqpProblem predicted = as_pbqp(guess, outputs, formats);
  KERNWISE_ASSIGN(const PbqpSolution best, solve_pbqp(measured));
  KERNWISE_ASSIGN(const PbqpSolution plan, solve_pbqp(predicted));
  NetworkResult result;
  result.name = network.name;
  result.optimum_s = best.cost;
  const double took = pbqp_cost(measured, plan.choice);
  result.slowdown = took / best.cost - 1;
  result.bias_uncorrected = plan.cost / took - 1;
  const double corrected =
      plan.cost + (layers.winner_factor() - 1) * sum_of_nodes(guess, plan.choice);
  result.bias = corrected / took - 1;
  std::vector<int> greedy;
  for (const auto& times : truth.time) {
    greedy.push_back(
        static_cast<int>(std::min_element(times.begin(), times.end()) - times.begin()));
  }
  result.greedy_slowdown = pbqp_cost(measured, greedy) / best.cost - 1;
  // Verification. In each round every distinct layer measures the candidate whose best whole plan
  // is now thought cheapest; what it shows moves what is thought of the others.
  std::map<LayerKey, std::vector<std::pair<int64_t, double>>> measured_of;
  Chain belief = guess;
  for (int round = 0; round < top; ++round) {
    KERNWISE_ASSIGN(const auto totals, totals_with_each(as_pbqp(belief, outputs, formats)));
    std::map<LayerKey, std::pair<double, std::size_t>> next;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      for (std::size_t o = 0; o < totals[i].size(); ++o) {
        const auto& done = measured_of[network.layers[i]];
        if (std::any_of(done.begin(), done.end(),
                        [&](const auto& m) { return m.first == truth.options[i][o]; })) {
          continue;
        }
        const auto candidate = std::pair(totals[i][o], o);
        const auto [at, fresh] = next.emplace(network.layers[i], candidate);
        if (!fresh) at->second = std::min(at->second, candidate);
      }
    }
    std::set<LayerKey> counted;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      const LayerKey& key = network.layers[i];
      const auto found = next.find(key);
      auto& done = measured_of[key];
      if (found != next.end() && counted.insert(key).second) {
        const std::size_t o = found->second.second;
        done.emplace_back(truth.options[i][o], std::log(truth.time[i][o]));
        result.verify_cost_s += truth.time[i][o];
      }
      std::vector<double> logs = predicted_logs[i];
      covariance.update(logs, done);
      for (std::size_t o = 0; o < belief.time[i].size(); ++o) {
        belief.time[i][o] = std::exp(logs[static_cast<std::size_t>(belief.options[i][o])]);
      }
    }
  }
  PbqpProblem verified = as_pbqp(belief, outputs, formats);
  std::set<LayerKey> counted;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    if (counted.insert(network.layers[i]).second) {
      for (const double time : truth.time[i]) result.profile_cost_s += time;
    }
    const auto& done = measured_of[network.layers[i]];
    for (std::size_t o = 0; o < belief.time[i].size(); ++o) {
      if (std::none_of(done.begin(), done.end(),
                       [&](const auto& m) { return m.first == truth.options[i][o]; })) {
        verified.nodes[i][o] = kForbidden;
      }
    }
  }
  KERNWISE_ASSIGN(const PbqpSolution checked, solve_pbqp(verified));
  result.slowdown_verified = pbqp_cost(measured, checked.choice) / best.cost - 1;
  return std::optional<NetworkResult>(result);
}

}  // namespace kernwise::mulder
