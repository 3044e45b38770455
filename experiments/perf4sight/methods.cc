// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "methods.h"

#include <algorithm>
#include <cmath>

#include "kernwise/footprint/footprint_model.h"
#include "kernwise/footprint/perf4sight_features.h"
#include "kernwise/learn/regressor.h"

namespace kernwise::perf4sight {
namespace {

constexpr int kPublishedTrees = 300;

FootprintQuery query_of(const Tables& tables, const Row& row, FootprintTarget target) {
  const StepQuantities& q = tables.variants[static_cast<std::size_t>(row.variant)].quantities;
  FootprintQuery query;
  query.terms = physical_terms(target, q, row.batch);
  // The published layers are one random draw of channels, the measured network is another: the
  // level tells what both have in common.
  query.coordinates = {std::log(static_cast<double>(row.batch)), static_cast<double>(row.level),
                       std::log(q.parameters)};
  query.features = step_features(q, row.batch);
  query.network = row.network;
  return query;
}

// The most that the device was seen to give: by runs that passed, or before others failed. 0
// without a failed run: then nobody knows.
double ceiling_of(const std::vector<const Row*>& train, FootprintTarget target) {
  double most = 0;
  bool failed = false;
  for (const Row* row : train) {
    most = std::max(most, row->passed ? figure(*row, target) : row->reserved);
    failed = failed || !row->passed;
  }
  return failed ? most : 0;
}

FitData fit_data(const Tables& tables, const std::vector<const Row*>& rows,
                 FootprintTarget target) {
  FitData data;
  data.inputs = kPerf4sightTraining;
  data.outputs = 1;
  data.reach.assign(kPerf4sightTraining, 0);
  for (const Row* row : rows) {
    if (!row->passed) continue;
    const auto features = perf4sight_training(
        tables.variants[static_cast<std::size_t>(row->variant)].design, row->batch);
    for (const double value : features) data.z.push_back(static_cast<float>(value));
    data.t.push_back(static_cast<float>(figure(*row, target)));
    data.group.push_back(static_cast<int>(data.rows++));
  }
  return data;
}

}  // namespace

double figure(const Row& row, FootprintTarget target) {
  switch (target) {
    case FootprintTarget::kAllocated: return row.allocated;
    case FootprintTarget::kReserved: return row.reserved;
    case FootprintTarget::kUsed: return row.used;
    case FootprintTarget::kLatency: break;
  }
  return row.latency;
}

Result<std::vector<Predicted>> predict_ours(const Tables& tables,
                                            const std::vector<const Row*>& train,
                                            const std::vector<const Row*>& test,
                                            FootprintTarget target, Rng& rng) {
  FootprintOptions options;
  if (target == FootprintTarget::kUsed || target == FootprintTarget::kReserved) {
    options.ceiling = ceiling_of(train, target);
  }
  std::vector<FootprintRow> rows;
  for (const Row* row : train) {
    if (row->swapping) continue;
    const bool censored = !row->passed;
    // A failed run tells of used and reserved memory that it would have been more than there is.
    if (censored && options.ceiling <= 0) continue;
    rows.push_back({query_of(tables, *row, target),
                    censored ? options.ceiling : figure(*row, target), row->variant, censored});
  }
  KERNWISE_ASSIGN(const FootprintModel model,
                  FootprintModel::fit(physical_form(target), rows, options, rng));
  std::vector<Predicted> predicted;
  for (const Row* row : test) {
    const FootprintQuery query = query_of(tables, *row, target);
    const FootprintEstimate estimate = model.predict(query);
    predicted.push_back({estimate.median, estimate.low, estimate.high, model.demand(query)});
  }
  return predicted;
}

Result<std::vector<Predicted>> predict_compat(const Tables& tables,
                                              const std::vector<const Row*>& train,
                                              const std::vector<const Row*>& test,
                                              FootprintTarget target, Rng& rng) {
  const FitData data = fit_data(tables, train, target);
  FitOptions options;
  options.trees = kPublishedTrees;
  KERNWISE_ASSIGN(const auto trees, fit_regressor(RegressorKind::kExtraTrees, data, options, rng));
  std::vector<float> scratch(static_cast<std::size_t>(trees->scratch_floats()));
  std::vector<Predicted> predicted;
  for (const Row* row : test) {
    const auto features = perf4sight_training(
        tables.variants[static_cast<std::size_t>(row->variant)].design, row->batch);
    std::vector<float> z;
    for (const double value : features) z.push_back(static_cast<float>(value));
    float t = 0;
    trees->predict(z.data(), &t, scratch.data());
    predicted.push_back({double{t}, double{t}, double{t}, double{t}});
  }
  return predicted;
}

}  // namespace kernwise::perf4sight
