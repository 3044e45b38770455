// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "kernwise/base/statistics.h"
#include "kernwise/footprint/fit_limit.h"

namespace kernwise::perf4sight {
namespace {

constexpr std::array<int64_t, 5> kTrainLevels = {0, 30, 50, 70, 90};

bool is_train_level(int64_t level) {
  return std::find(kTrainLevels.begin(), kTrainLevels.end(), level) != kTrainLevels.end();
}

using Rows = std::vector<const Row*>;
using Predict = Result<std::vector<Predicted>> (*)(const Tables&, const Rows&, const Rows&,
                                                   FootprintTarget, Rng&);

struct Parts {
  Rows train, test;  // training rows may have failed, test rows have passed
};

const std::vector<Row>& rows_of(const Tables& tables, FootprintTarget target) {
  return target == FootprintTarget::kLatency ? tables.latency : tables.memory;
}

// The smallest batch of a variant that is held out as one of the largest third; by variant.
std::map<int, int64_t> first_held_out(const std::vector<Row>& rows) {
  std::map<int, std::set<int64_t>> batches;
  for (const Row& row : rows) {
    if (row.passed) batches[row.variant].insert(row.batch);
  }
  std::map<int, int64_t> first;
  for (const auto& [variant, sizes] : batches) {
    const std::size_t kept = sizes.size() - sizes.size() / 3;
    auto at = sizes.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(kept));
    first[variant] = at == sizes.end() ? INT64_MAX : *at;
  }
  return first;
}

Parts split(const std::vector<Row>& rows, Protocol protocol, int network) {
  Parts parts;
  const auto first = first_held_out(rows);
  for (const Row& row : rows) {
    const bool own = row.network == network;
    bool train = false, test = false;
    switch (protocol) {
      case Protocol::kSameNetwork:
      case Protocol::kPooled:
        train = is_train_level(row.level) && (own || protocol == Protocol::kPooled);
        test = own && !is_train_level(row.level);
        break;
      case Protocol::kLeaveOneOut:
        train = !own;
        test = own;
        break;
      case Protocol::kUnprunedOnly:
        train = own && row.level == 0;
        test = own && row.level != 0;
        break;
      case Protocol::kLargestBatches: {
        const auto found = first.find(row.variant);
        const bool large = found == first.end() || row.batch >= found->second;
        train = own && !large;  // failed runs are the largest of all
        test = own && large;
        break;
      }
    }
    if (train) parts.train.push_back(&row);
    if (test && row.passed) parts.test.push_back(&row);
  }
  return parts;
}

bool any_passed(const Rows& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const Row* row) { return row->passed; });
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

NetworkErrors errors_of(const Rows& test, const std::vector<Predicted>& predicted,
                        FootprintTarget target) {
  NetworkErrors result;
  std::vector<double> all, steady;
  double covered = 0;
  for (std::size_t i = 0; i < test.size(); ++i) {
    const double truth = figure(*test[i], target);
    const double error = std::abs(predicted[i].figure / truth - 1);
    all.push_back(error);
    if (!test[i]->swapping) steady.push_back(error);
    covered += truth >= predicted[i].low && truth <= predicted[i].high ? 1 : 0;
  }
  result.test_rows = std::ssize(test);
  result.swapping_rows = result.test_rows - std::ssize(steady);
  result.mean = mean(all);
  result.mean_without_swapping = mean(steady);
  result.median = median(all);
  result.worst = *std::max_element(all.begin(), all.end());
  result.coverage = covered / static_cast<double>(test.size());
  return result;
}

Result<Judged> judge(const Tables& tables, Protocol protocol, FootprintTarget target,
                     Predict predict, const Options& options) {
  Judged judged;
  std::vector<double> of_seed(static_cast<std::size_t>(options.seeds), 0);
  for (std::size_t n = 0; n < tables.networks.size(); ++n) {
    const Parts parts = split(rows_of(tables, target), protocol, static_cast<int>(n));
    if (!any_passed(parts.train) || parts.test.empty()) continue;
    NetworkErrors total;
    for (int seed = 0; seed < options.seeds; ++seed) {
      Rng rng(options.seed + static_cast<uint64_t>(seed));
      KERNWISE_ASSIGN(const std::vector<Predicted> predicted,
                      predict(tables, parts.train, parts.test, target, rng));
      const NetworkErrors one = errors_of(parts.test, predicted, target);
      of_seed[static_cast<std::size_t>(seed)] += one.mean;
      const double share = 1.0 / options.seeds;
      total.test_rows = one.test_rows;
      total.swapping_rows = one.swapping_rows;
      total.mean += share * one.mean;
      total.mean_without_swapping += share * one.mean_without_swapping;
      total.median += share * one.median;
      total.worst += share * one.worst;
      total.coverage += share * one.coverage;
    }
    total.network = tables.networks[n];
    total.train_rows = std::count_if(parts.train.begin(), parts.train.end(),
                                     [](const Row* row) { return row->passed; });
    judged.networks.push_back(total);
  }
  if (judged.networks.empty()) return judged;
  const auto count = static_cast<double>(judged.networks.size());
  for (const NetworkErrors& one : judged.networks) {
    judged.mean += one.mean / count;
    judged.mean_without_swapping += one.mean_without_swapping / count;
    judged.coverage += one.coverage / count;
  }
  judged.least_seed = *std::min_element(of_seed.begin(), of_seed.end()) / count;
  judged.most_seed = *std::max_element(of_seed.begin(), of_seed.end()) / count;
  return judged;
}

Result<FitsJudged> judge_fits(const Tables& tables, Predict predict, const Options& options) {
  FitsJudged judged;
  for (int seed = 0; seed < options.seeds; ++seed) {
    FitsJudged one;
    for (std::size_t n = 0; n < tables.networks.size(); ++n) {
      Rows train, test;
      for (const Row& row : tables.memory) {
        (row.network == static_cast<int>(n) ? test : train).push_back(&row);
      }
      const bool both =
          any_passed(train) &&
          !std::all_of(train.begin(), train.end(), [](const Row* row) { return row->passed; });
      if (!both || test.empty()) continue;
      Rng rng(options.seed + static_cast<uint64_t>(seed));
      Rows all = train;
      all.insert(all.end(), test.begin(), test.end());
      KERNWISE_ASSIGN(const std::vector<Predicted> predicted,
                      predict(tables, train, all, FootprintTarget::kUsed, rng));
      std::vector<FitOutcome> outcomes;
      for (std::size_t i = 0; i < train.size(); ++i) {
        outcomes.push_back({predicted[i].demand, train[i]->passed});
      }
      KERNWISE_ASSIGN(const double limit, learn_fit_limit(outcomes, options.false_fits));
      for (std::size_t i = 0; i < test.size(); ++i) {
        const bool fits = predicted[train.size() + i].demand <= (1 - options.margin) * limit;
        const bool passed = test[i]->passed;
        ++one.rows;
        one.failed += passed ? 0 : 1;
        one.right += fits == passed ? 1 : 0;
        one.false_fits += fits && !passed ? 1 : 0;
        one.false_rejects += !fits && passed ? 1 : 0;
      }
    }
    if (one.rows == 0) return judged;
    const auto share = [&](int64_t part, int64_t of) {
      return of == 0 ? 0 : static_cast<double>(part) / static_cast<double>(of) / options.seeds;
    };
    const double accuracy = judged.accuracy + share(one.right, one.rows);
    const double false_fit = judged.false_fit + share(one.false_fits, one.failed);
    const double false_reject =
        judged.false_reject + share(one.false_rejects, one.rows - one.failed);
    if (seed == 0) judged = one;
    judged.accuracy = accuracy;
    judged.false_fit = false_fit;
    judged.false_reject = false_reject;
  }
  return judged;
}

Result<MethodResult> run_method(const Tables& tables, Predict predict, const char* method,
                                const Options& options, const Say& say) {
  MethodResult result;
  for (std::size_t p = 0; p < kProtocols.size(); ++p) {
    for (std::size_t t = 0; t < kTargets.size(); ++t) {
      KERNWISE_ASSIGN(result.errors[p][t],
                      judge(tables, kProtocols[p], kTargets[t], predict, options));
    }
    say(fmt::format("{}: {}", method, name_of(kProtocols[p])));
  }
  KERNWISE_ASSIGN(result.fits, judge_fits(tables, predict, options));
  say(fmt::format("{}: fits", method));
  return result;
}

}  // namespace

const char* name_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::kSameNetwork: return "same_network";
    case Protocol::kPooled: return "pooled";
    case Protocol::kLeaveOneOut: return "leave_one_network_out";
    case Protocol::kUnprunedOnly: return "unpruned_only";
    case Protocol::kLargestBatches: break;
  }
  return "largest_batches";
}

const char* name_of(FootprintTarget target) {
  switch (target) {
    case FootprintTarget::kUsed: return "memory_used";
    case FootprintTarget::kReserved: return "memory_reserved";
    case FootprintTarget::kAllocated: return "memory_allocated";
    case FootprintTarget::kLatency: break;
  }
  return "latency";
}

Result<StudyResult> run_study(const Tables& tables, const Options& options, const Say& say) {
  StudyResult result;
  KERNWISE_ASSIGN(result.ours, run_method(tables, predict_ours, "ours", options, say));
  KERNWISE_ASSIGN(result.compat,
                  run_method(tables, predict_compat, "perf4sight-compat", options, say));
  for (std::size_t p = 0; p < kProtocols.size(); ++p) {
    for (std::size_t t = 0; t < kTargets.size(); ++t) {
      const std::size_t judged = result.ours.errors[p][t].networks.size();
      if (judged < tables.networks.size()) {
        result.notes.push_back(fmt::format("{}, {}: {} of {} networks have rows on both sides",
                                           name_of(kProtocols[p]), name_of(kTargets[t]), judged,
                                           tables.networks.size()));
      }
    }
  }
  if (result.ours.fits.rows == 0) {
    result.notes.push_back("fits: needs two networks, with failed runs on the training side");
  }
  return result;
}

}  // namespace kernwise::perf4sight
