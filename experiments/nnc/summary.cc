// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "summary.h"

#include <cmath>
#include <limits>

#include "kernwise/base/statistics.h"

namespace kernwise::nnc {
namespace {

std::vector<double> each(const StudyResult& result, auto figure) {
  std::vector<double> values;
  for (const CombinationResult& c : result.combinations) {
    const double value = figure(c);
    if (!std::isnan(value)) values.push_back(value);
  }
  return values;
}

double median_of(std::vector<double> values) {
  return values.empty() ? std::numeric_limits<double>::quiet_NaN() : median(std::move(values));
}

double of_model(const std::map<Model, PerSeed>& all, std::vector<double> PerSeed::*figure) {
  const auto found = all.find(Model::kNnC);
  return found == all.end() ? std::numeric_limits<double>::quiet_NaN()
                            : mean_of(found->second.*figure);
}

double win_share(const std::map<Model, Verdicts>& all, Model rival) {
  const auto found = all.find(rival);
  if (found == all.end()) return 0;
  const Verdicts& v = found->second;
  const int count = v.win + v.tie + v.loss;
  return count == 0 ? 0 : static_cast<double>(v.win) / count;
}

}  // namespace

OverCombinations over_combinations(const StudyResult& result) {
  using C = CombinationResult;
  OverCombinations over;
  over.published_mape = mean_of(each(result, [](const C& c) {
    const auto found = c.published_log.find(Model::kNnC);
    return found == c.published_log.end() ? std::numeric_limits<double>::quiet_NaN()
                                          : mean_of(found->second);
  }));
  over.published_paper_net_mape =
      mean_of(each(result, [](const C& c) { return mean_of(c.published_paper_net); }));
  over.dropped_only_mape =
      mean_of(each(result, [](const C& c) { return mean_of(c.dropped_only); }));
  over.mdrae =
      median_of(each(result, [](const C& c) { return of_model(c.honest, &PerSeed::mdrae); }));
  over.mape =
      median_of(each(result, [](const C& c) { return of_model(c.honest, &PerSeed::mape); }));
  over.noise = median_of(each(result, [](const C& c) { return c.noise_mdrae; }));
  over.other_design_mdrae =
      median_of(each(result, [](const C& c) { return mean_of(c.other_design.mdrae); }));
  over.extrapolated_mdrae =
      median_of(each(result, [](const C& c) { return of_model(c.extrapolated, &PerSeed::mdrae); }));
  over.beyond_mdrae = median_of(
      each(result, [](const C& c) { return of_model(c.extrapolated_beyond, &PerSeed::mdrae); }));
  over.beats_cons = win_share(result.honest_verdicts, Model::kCons);
  over.beats_lr = win_share(result.honest_verdicts, Model::kLrC);
  return over;
}

double over_seeds(const std::vector<ChoiceScore>& seeds, double (ChoiceScore::*figure)() const) {
  std::vector<double> values;
  for (const ChoiceScore& score : seeds) values.push_back((score.*figure)());
  return mean_of(values);
}

}  // namespace kernwise::nnc
