// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "../parallel.h"
#include "fits.h"
#include "kernwise/base/statistics.h"
#include "split.h"

namespace kernwise::perf4sight {
namespace {

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

// One model for each training set: that of the pooled protocol serves all networks.
struct Job {
  Rows train;
  std::vector<std::pair<int, Rows>> tests;  // network, its rows
};

std::vector<Job> jobs_of(const Tables& tables, Protocol protocol, FootprintTarget target) {
  std::vector<Job> jobs;
  for (int n = 0; n < static_cast<int>(tables.networks.size()); ++n) {
    Parts parts = split(rows_of(tables, target), protocol, n);
    if (!any_passed(parts.train) || parts.test.empty()) continue;
    if (protocol != Protocol::kPooled || jobs.empty()) jobs.push_back({std::move(parts.train), {}});
    jobs.back().tests.emplace_back(n, std::move(parts.test));
  }
  return jobs;
}

void add_share(NetworkErrors& to, const NetworkErrors& one, double share) {
  to.test_rows = one.test_rows;
  to.swapping_rows = one.swapping_rows;
  to.mean += share * one.mean;
  to.mean_without_swapping += share * one.mean_without_swapping;
  to.median += share * one.median;
  to.worst += share * one.worst;
  to.coverage += share * one.coverage;
}

Result<Judged> judge(const Tables& tables, Protocol protocol, FootprintTarget target,
                     Predict predict, const Options& options) {
  const std::vector<Job> jobs = jobs_of(tables, protocol, target);
  // By job and seed: the errors on the rows of each test, or what went wrong.
  using Outcome = Result<std::vector<NetworkErrors>>;
  std::vector<Outcome> outcomes(jobs.size() * static_cast<std::size_t>(options.seeds),
                                Outcome(std::vector<NetworkErrors>()));
  experiments::in_parallel(static_cast<int>(outcomes.size()), options.threads, [&](int i) {
    const Job& job = jobs[static_cast<std::size_t>(i / options.seeds)];
    Rng rng(options.seed + static_cast<uint64_t>(i % options.seeds));
    Rows all;
    for (const auto& [network, rows] : job.tests) all.insert(all.end(), rows.begin(), rows.end());
    const auto predicted = predict(tables, job.train, all, target, rng);
    Outcome& outcome = outcomes[static_cast<std::size_t>(i)];
    if (!predicted.ok()) {
      outcome = predicted.error();
      return;
    }
    auto from = predicted->begin();
    for (const auto& [network, rows] : job.tests) {
      const auto to = from + std::ssize(rows);
      outcome->push_back(errors_of(rows, std::vector<Predicted>(from, to), target));
      from = to;
    }
  });
  for (const Outcome& outcome : outcomes) {
    if (!outcome.ok()) return outcome.error();
  }
  Judged judged;
  std::vector<double> of_seed(static_cast<std::size_t>(options.seeds), 0);
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    for (std::size_t t = 0; t < jobs[j].tests.size(); ++t) {
      NetworkErrors total;
      for (std::size_t seed = 0; seed < of_seed.size(); ++seed) {
        const NetworkErrors& one = (*outcomes[j * of_seed.size() + seed])[t];
        add_share(total, one, 1.0 / options.seeds);
        of_seed[seed] += one.mean;
      }
      total.network = tables.networks[static_cast<std::size_t>(jobs[j].tests[t].first)];
      total.train_rows = std::count_if(jobs[j].train.begin(), jobs[j].train.end(),
                                       [](const Row* row) { return row->passed; });
      judged.networks.push_back(total);
    }
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
