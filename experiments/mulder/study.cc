// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <set>

#include "../parallel.h"
#include "kernwise/base/statistics.h"

namespace kernwise::mulder {
namespace {

constexpr double kValidation = 0.1, kTest = 0.1;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Trained on `train`, intervals and winners' bias from `held_out`.
Result<PerformanceModel> fitted(RegressorKind kind, const Samples& samples,
                                const std::vector<int64_t>& train,
                                const std::vector<int64_t>& held_out, uint64_t seed,
                                const FitOptions& options = {}) {
  Rng rng(seed);
  KERNWISE_ASSIGN(PerformanceModel model,
                  PerformanceModel::fit(kind, subset(samples, train), options, rng));
  model.calibrate(subset(samples, held_out));
  model.card().seed = seed;
  return model;
}

Split split_of(const Samples& samples, bool by_group, uint64_t seed) {
  Rng rng(seed);
  return by_group ? split_by_group(samples.group, kValidation, kTest, rng)
                  : split_by_row(samples.rows(), kValidation, kTest, rng);
}

// MdRAE over the outputs of each family.
std::map<std::string, double> by_family(const std::vector<double>& predicted, const Samples& test,
                                        const Formats& formats) {
  std::map<std::string, std::vector<double>> errors;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    if (std::isnan(test.y[i])) continue;
    const std::string& name = test.outputs[i % test.outputs.size()];
    const auto family = formats.family.find(name);
    errors[family == formats.family.end() ? "other" : family->second].push_back(
        std::abs(std::expm1(predicted[i] - test.y[i])));
  }
  std::map<std::string, double> result;
  for (auto& [family, list] : errors) result[family] = median(std::move(list));
  return result;
}

Result<SplitResult> judge_split(const Platform& platform, const Formats& formats,
                                const Options& options, bool by_group) {
  const auto seeds = static_cast<std::size_t>(options.seeds);
  SplitResult result;
  result.seeds.resize(seeds);
  result.coverage.resize(seeds);
  std::vector<std::optional<Error>> failures(seeds);
  experiments::in_parallel(options.seeds, options.threads, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    const uint64_t seed = options.seed + static_cast<uint64_t>(i);
    const Split split = split_of(platform.layers, by_group, seed);
    const Result<PerformanceModel> model =
        fitted(RegressorKind::kKernel, platform.layers, split.train, split.validation, seed);
    if (!model.ok()) {
      failures[at] = model.error();
      return;
    }
    const Samples test = subset(platform.layers, split.test);
    const std::vector<double> predicted = model->predict_logs(test);
    result.seeds[at] = score(predicted, test);
    result.coverage[at] = interval_coverage(*model, test);
    if (i == 0) result.family_mdrae = by_family(predicted, test, formats);
  });
  for (auto& failure : failures) {
    if (failure) return *std::move(failure);
  }
  return result;
}

// One regressor on the first seed's group split; tiny networks see 250 configurations only.
Result<RegressorResult> judge_regressor(RegressorKind kind, const Platform& platform,
                                        uint64_t seed) {
  Split split = split_of(platform.layers, true, seed);
  Rng rng(seed);
  FitOptions options;
  if (kind == RegressorKind::kMlpTiny) {
    const Split drawn = split_by_row(static_cast<int64_t>(split.train.size()), 0, 0, rng);
    std::vector<int64_t> few;
    for (std::size_t i = 0; i < std::min<std::size_t>(250, split.train.size()); ++i) {
      const auto j = static_cast<std::size_t>(
          rng.integer(static_cast<int64_t>(i), static_cast<int64_t>(split.train.size()) - 1));
      std::swap(split.train[i], split.train[j]);
      few.push_back(split.train[i]);
    }
    split.train = few;
  }
  if (kind == RegressorKind::kExtraTrees) options.trees = 20, options.min_leaf = 2;
  const auto start = std::chrono::steady_clock::now();
  KERNWISE_ASSIGN(const PerformanceModel model,
                  fitted(kind, platform.layers, split.train, split.validation, seed, options));
  const double took = seconds_since(start);
  const Samples test = subset(platform.layers, split.test);
  return RegressorResult{std::string(to_string(kind)), score(model.predict_logs(test), test),
                         model.regressor().parameters(), took};
}

// The primitive that would be fastest over all test rows if one had to serve them all.
void baselines(const Samples& source, const Samples& test, StudyResult& result,
               const std::vector<int64_t>& source_row) {
  const std::size_t width = test.outputs.size();
  double best_sum = 0, chosen_sum = 0;
  std::vector<double> sum(width, 0);
  std::vector<uint8_t> everywhere(width, 1);
  double all_best = 0;
  for (int64_t row = 0; row < test.rows(); ++row) {
    const auto y = test.targets(row);
    const int64_t best = best_output(y, y);
    if (best < 0) continue;
    all_best += std::exp(y[static_cast<std::size_t>(best)]);
    for (std::size_t p = 0; p < width; ++p) {
      if (std::isnan(y[p])) everywhere[p] = 0;
      sum[p] += std::exp(y[p]);
    }
    const int64_t other = source_row[static_cast<std::size_t>(row)];
    if (other < 0) continue;
    const int64_t chosen = best_output(source.targets(other), y);
    if (chosen < 0) continue;
    best_sum += std::exp(y[static_cast<std::size_t>(best)]);
    chosen_sum += std::exp(y[static_cast<std::size_t>(chosen)]);
  }
  if (best_sum > 0) result.source_winner_regret = chosen_sum / best_sum - 1;
  double least = 0;
  for (std::size_t p = 0; p < width; ++p) {
    if (!everywhere[p] || (!result.best_single.empty() && sum[p] >= least)) continue;
    least = sum[p];
    result.best_single = test.outputs[p];
    result.best_single_regret = least / all_best - 1;
  }
}

Status judge_networks(const Platform& target, const Formats& formats, const Options& options,
                      StudyResult& result) {
  std::set<std::vector<int64_t>> held;
  for (const Network& network : networks()) {
    for (const LayerKey& key : network.layers) held.insert({key.c, key.k, key.im});
  }
  Split split;
  std::vector<int64_t> rest;
  std::vector<int> group;
  for (int64_t row = 0; row < target.layers.rows(); ++row) {
    const LayerKey& key = target.keys[static_cast<std::size_t>(row)];
    if (held.contains({key.c, key.k, key.im})) continue;
    rest.push_back(row);
    group.push_back(target.layers.group[static_cast<std::size_t>(row)]);
  }
  Rng rng(options.seed);
  const Split parts = split_by_group(group, kValidation, 0, rng);
  for (const int64_t i : parts.train) split.train.push_back(rest[static_cast<std::size_t>(i)]);
  for (const int64_t i : parts.validation) {
    split.validation.push_back(rest[static_cast<std::size_t>(i)]);
  }
  KERNWISE_ASSIGN(
      const PerformanceModel layers,
      fitted(RegressorKind::kKernel, target.layers, split.train, split.validation, options.seed));
  const ErrorCovariance covariance =
      ErrorCovariance::estimate(layers, subset(target.layers, split.validation));
  if (target.transforms.rows() == 0) {
    for (const Network& network : networks()) result.networks_missing.push_back(network.name);
    return Ok{};
  }
  // The transforms of the networks' own sizes are held out too.
  std::set<std::pair<int64_t, int64_t>> sizes;
  for (const auto& triplet : held) sizes.emplace(triplet[0], triplet[2]);
  std::vector<int64_t> known;
  for (const auto& [size, row] : target.transform_row) {
    if (!sizes.contains(size)) known.push_back(row);
  }
  std::sort(known.begin(), known.end());
  KERNWISE_ASSIGN(
      const PerformanceModel transforms,
      PerformanceModel::fit(RegressorKind::kKernel, subset(target.transforms, known), {}, rng));
  for (const Network& network : networks()) {
    KERNWISE_ASSIGN(
        const std::optional<NetworkResult> judged,
        judge_network(network, target, formats, layers, transforms, covariance, options.top));
    if (judged) {
      result.networks.push_back(*judged);
    } else {
      result.networks_missing.push_back(network.name);
    }
  }
  return Ok{};
}

// Median over repeats of the time for all primitives that apply to one layer, features included, one
// thread.
double predict_microseconds(const PerformanceModel& model, const Platform& platform) {
  PerformanceModel::Workspace w;
  PerformanceModel::Prediction prediction;
  std::vector<double> features(conv_features().features.size());
  const int64_t rows = std::min<int64_t>(200, platform.layers.rows());
  std::vector<std::vector<uint8_t>> wanted;
  for (int64_t i = 0; i < rows; ++i) {
    wanted.emplace_back();
    for (const double y : platform.layers.targets(i)) wanted.back().push_back(!std::isnan(y));
  }
  std::vector<double> times;
  for (int repeat = 0; repeat < 15; ++repeat) {
    const auto start = std::chrono::steady_clock::now();
    for (int64_t i = 0; i < rows; ++i) {
      const LayerKey& k = platform.keys[static_cast<std::size_t>(i)];
      if (!compute_features(table_conv(k.c, k.k, k.im, k.f, k.s), 1, features).ok()) return 0;
      model.predict(features, prediction, w, wanted[static_cast<std::size_t>(i)]);
    }
    times.push_back(seconds_since(start) / static_cast<double>(rows) * 1e6);
  }
  return median(times);
}

}  // namespace

Result<StudyResult> run_study(const Platform& source, const Platform& target,
                              const Formats& formats, const Options& options, const Say& say) {
  StudyResult result;
  KERNWISE_TRY(judge_networks(target, formats, options, result));
  for (const NetworkResult& n : result.networks) {
    say(fmt::format("{}: +{:.2f} %, verified +{:.2f} %, bias {:.1f} % (before {:.1f} %)", n.name,
                    100 * n.slowdown, 100 * n.slowdown_verified, 100 * n.bias,
                    100 * n.bias_uncorrected));
  }
  KERNWISE_ASSIGN(result.target_group, judge_split(target, formats, options, true));
  say(fmt::format("group split of {}: MdRAE {:.2f} %, regret {:.2f} %", target.name,
                  100 * result.target_group.seeds[0].mdrae,
                  100 * result.target_group.seeds[0].regret_total));
  KERNWISE_ASSIGN(result.target_row, judge_split(target, formats, options, false));
  KERNWISE_ASSIGN(result.source_group, judge_split(source, formats, options, true));
  for (const RegressorKind kind : options.regressors) {
    KERNWISE_ASSIGN(const RegressorResult judged, judge_regressor(kind, target, options.seed));
    say(fmt::format("{}: MdRAE {:.2f} %, regret {:.2f} %, fitted in {:.1f} s", judged.name,
                    100 * judged.scores.mdrae, 100 * judged.scores.regret_total, judged.fit_s));
    result.regressors.push_back(judged);
  }
  // Transfer: the source model never sees the groups that the target is tested on.
  const Split split = split_of(target.layers, true, options.seed);
  const Samples pool = subset(target.layers, split.train);
  const Samples test = subset(target.layers, split.test);
  std::set<int> tested;
  for (const int group : test.group) tested.insert(group);
  std::vector<int64_t> allowed;
  std::vector<int> group;
  for (int64_t row = 0; row < source.layers.rows(); ++row) {
    const int of = source.layers.group[static_cast<std::size_t>(row)];
    if (tested.contains(of)) continue;
    allowed.push_back(row);
    group.push_back(of);
  }
  Rng rng(options.seed);
  const Split parts = split_by_group(group, kValidation, 0, rng);
  std::vector<int64_t> train, held;
  for (const int64_t i : parts.train) train.push_back(allowed[static_cast<std::size_t>(i)]);
  for (const int64_t i : parts.validation) held.push_back(allowed[static_cast<std::size_t>(i)]);
  std::optional<Result<PerformanceModel>> kernel, network;
  experiments::in_parallel(2, options.threads, [&](int which) {
    (which == 0 ? kernel : network) =
        fitted(which == 0 ? RegressorKind::kKernel : RegressorKind::kMlpShared, source.layers,
               train, held, options.seed);
  });
  if (!kernel->ok()) return kernel->error();
  if (!network->ok()) return network->error();
  result.predict_us = predict_microseconds(**kernel, source);
  std::vector<int64_t> source_row;
  for (const int64_t row : split.test) {
    const auto found = source.row_of.find(target.keys[static_cast<std::size_t>(row)]);
    source_row.push_back(found == source.row_of.end() ? -1 : found->second);
  }
  baselines(with_outputs(source.layers, target.layers.outputs), test, result, source_row);
  result.train_rows = pool.rows();
  result.test_rows = test.rows();
  KERNWISE_ASSIGN(result.transfers,
                  transfer_curves(**kernel, **network, pool, test, formats, options, say));
  return result;
}

}  // namespace kernwise::mulder
