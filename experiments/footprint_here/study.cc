// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "compat.h"
#include "kernwise/footprint/predict_step.h"

namespace kernwise::footprint_here {
namespace {

template <typename Condition>
std::vector<std::size_t> rows_where(const Data& data, Condition&& holds) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < data.rows.size(); ++i) {
    if (holds(data.rows[i])) rows.push_back(i);
  }
  return rows;
}

std::array<double, kTargets> measured(const Row& row) {
  const StepRecord& r = row.record;
  return {static_cast<double>(r.allocated_bytes), static_cast<double>(r.reserved_bytes),
          static_cast<double>(r.used_bytes), r.timed.step_s};
}

Interval of(const LatencyEstimate& e) { return {e.median_s, e.low_s, e.high_s}; }

Result<std::array<Interval, kTargets>> predict(const Data& data, const Row& row,
                                               const StepDevice& device) {
  const StepOptions& step = row.record.timed.step;
  KERNWISE_ASSIGN(const LayerGraph graph,
                  unfolded_graph(data.variants[row.variant], step.batch, kMost));
  const StepPrediction p = predict_step(graph, step, device);
  if (!p.reserved_bytes || !p.used_bytes || !p.latency) return internal_error("nothing learned");
  return std::array<Interval, kTargets>{p.allocated_bytes, *p.reserved_bytes, *p.used_bytes,
                                        of(*p.latency)};
}

struct Sums {
  std::size_t rows = 0;
  std::array<double, kTargets> error = {}, worst = {}, covered = {}, compat = {};
};

void add(Sums& sums, const std::array<double, kTargets>& truth,
         const std::array<Interval, kTargets>& ours, const std::array<double, kTargets>& compat) {
  ++sums.rows;
  for (std::size_t t = 0; t < kTargets; ++t) {
    const double error = 100 * std::abs(ours[t].median / truth[t] - 1);
    sums.error[t] += error;
    sums.worst[t] = std::max(sums.worst[t], error);
    sums.covered[t] += truth[t] >= ours[t].low && truth[t] <= ours[t].high ? 100 : 0;
    sums.compat[t] += 100 * std::abs(compat[t] / truth[t] - 1);
  }
}

}  // namespace

std::vector<Protocol> protocols(const Data& data) {
  const auto trains = [](double ratio) {
    const auto is = [ratio](double level) { return std::abs(ratio - level) < 1e-9; };
    return is(0) || is(0.3) || is(0.5) || is(0.75);
  };
  int64_t largest = 0;
  for (const Row& row : data.rows) largest = std::max(largest, row.record.timed.step.batch);
  Protocol same{"same_network", {}}, left_out{"leave_one_network_out", {}},
      unpruned{"unpruned_only", {}};
  for (std::size_t n = 0; n < data.names.size(); ++n) {
    const auto of = [n](const Row& row) { return row.network == n; };
    same.folds.push_back(
        {rows_where(data, [&](const Row& row) { return of(row) && trains(row.ratio); }),
         rows_where(data, [&](const Row& row) { return of(row) && !trains(row.ratio); })});
    left_out.folds.push_back(
        {rows_where(data, [&](const Row& row) { return !of(row); }), rows_where(data, of)});
    unpruned.folds.push_back(
        {rows_where(data, [&](const Row& row) { return of(row) && row.ratio == 0; }),
         rows_where(data, [&](const Row& row) { return of(row) && row.ratio != 0; })});
  }
  const Protocol pooled{"pooled",
                        {{rows_where(data, [&](const Row& row) { return trains(row.ratio); }),
                          rows_where(data, [&](const Row& row) { return !trains(row.ratio); })}}};
  const Protocol batches{
      "largest_batch",
      {{rows_where(data, [&](const Row& row) { return row.record.timed.step.batch != largest; }),
        rows_where(data, [&](const Row& row) { return row.record.timed.step.batch == largest; })}}};
  return {left_out, same, pooled, unpruned, batches};
}

Result<StepDevice> Devices::from(const std::vector<std::size_t>& rows) {
  const auto found = known_.find(rows);
  if (found != known_.end()) return found->second;
  std::vector<StepRecord> records;
  for (const std::size_t i : rows) records.push_back(data_.rows[i].record);
  Rng rng(seed_);
  KERNWISE_ASSIGN(StepDevice device, learn_step_device(data_.plain, records, rng));
  return known_.emplace(rows, std::move(device)).first->second;
}

Result<StepDevice> Devices::without(std::size_t network) {
  return from(rows_where(data_, [&](const Row& row) { return row.network != network; }));
}

Result<ProtocolResult> judge(const Data& data, const Protocol& protocol, Devices& devices,
                             const Options& options, const Say& say) {
  std::vector<Sums> sums(data.names.size());
  for (std::size_t f = 0; f < protocol.folds.size(); ++f) {
    const Protocol::Fold& fold = protocol.folds[f];
    if (fold.train.empty() || fold.test.empty()) continue;
    say(fmt::format("{}: {} of {}", protocol.name, f + 1, protocol.folds.size()));
    KERNWISE_ASSIGN(const StepDevice device, devices.from(fold.train));
    KERNWISE_ASSIGN(const auto compat, predict_compat(data, fold.train, fold.test, options));
    for (std::size_t i = 0; i < fold.test.size(); ++i) {
      const Row& row = data.rows[fold.test[i]];
      KERNWISE_ASSIGN(const auto ours, predict(data, row, device));
      add(sums[row.network], measured(row), ours, compat[i]);
    }
  }
  ProtocolResult result{protocol.name, {}};
  for (std::size_t n = 0; n < sums.size(); ++n) {
    if (sums[n].rows == 0) continue;
    const auto rows = static_cast<double>(sums[n].rows);
    NetworkErrors errors{data.names[n], sums[n].rows, {}, {}};
    for (std::size_t t = 0; t < kTargets; ++t) {
      errors.ours[t] = {sums[n].error[t] / rows, sums[n].worst[t], sums[n].covered[t] / rows};
      errors.compat[t] = sums[n].compat[t] / rows;
    }
    result.networks.push_back(std::move(errors));
  }
  const auto count = static_cast<double>(std::max<std::size_t>(result.networks.size(), 1));
  for (const NetworkErrors& errors : result.networks) {
    for (std::size_t t = 0; t < kTargets; ++t) {
      result.ours[t].mean += errors.ours[t].mean / count;
      result.ours[t].covered += errors.ours[t].covered / count;
      result.ours[t].worst = std::max(result.ours[t].worst, errors.ours[t].worst);
      result.compat[t] += errors.compat[t] / count;
    }
  }
  say(
      fmt::format("{}: allocated {:.2f} % (worst {:.2f}), latency {:.2f} %; perf4sight {:.1f}, "
                  "{:.1f} %",
                  protocol.name, result.ours[0].mean, result.ours[0].worst, result.ours[3].mean,
                  result.compat[0], result.compat[3]));
  return result;
}

}  // namespace kernwise::footprint_here
