// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <cmath>
#include <set>

#include "kernwise/fleet/accuracy_model.h"
#include "kernwise/fleet/ranking.h"
#include "study.h"

namespace kernwise::experiments {

Result<PredictedValues> predict_values(const SearchData& data, int designs, Rng& rng) {
  std::vector<std::size_t> known;
  for (std::size_t row = 0; row < data.accuracy.size(); ++row) {
    if (!std::isnan(data.accuracy[row])) known.push_back(row);
  }
  if (known.size() < static_cast<std::size_t>(2 * designs)) {
    return invalid_input("too few accuracies are known to hold some out");
  }
  std::vector<Design> drawn;
  std::vector<double> truth;
  std::set<std::string> kin;
  PredictedValues result;
  std::vector<bool> is_drawn(data.designs.size(), false);
  for (int i = 0; i < designs; ++i) {
    const auto last = static_cast<int64_t>(known.size()) - 1;
    const auto at = static_cast<std::size_t>(rng.integer(i, last));
    std::swap(known[static_cast<std::size_t>(i)], known[at]);
    const std::size_t row = known[static_cast<std::size_t>(i)];
    drawn.push_back(data.designs[row]);
    truth.push_back(data.accuracy[row]);
    kin.insert(data.identity[row]);
    is_drawn[row] = true;
  }
  KERNWISE_ASSIGN(const AccuracyModel model, fit_accuracy(data.space, drawn, truth));
  result.own_kendall = model.figures().kendall;
  std::vector<double> predicted, held_out;
  int covered = 0;
  result.values.mean.assign(data.designs.size(), NAN);
  result.values.deviation.assign(data.designs.size(), 0);
  for (std::size_t row = 0; row < data.designs.size(); ++row) {
    if (is_drawn[row]) {
      result.values.mean[row] = data.accuracy[row];
      continue;
    }
    const PredictedAccuracy p = model.predict(data.space, data.designs[row]);
    result.values.mean[row] = p.mean;
    result.values.deviation[row] = p.deviation;
    if (std::isnan(data.accuracy[row]) || kin.contains(data.identity[row])) continue;
    predicted.push_back(p.mean);
    held_out.push_back(data.accuracy[row]);
    result.error += std::abs(p.mean - data.accuracy[row]);
    covered += data.accuracy[row] >= p.low && data.accuracy[row] <= p.high ? 1 : 0;
  }
  const auto n = static_cast<double>(predicted.size());
  result.kendall = kendall(predicted, held_out);
  result.spearman = spearman(predicted, held_out);
  result.error /= n;
  result.coverage = covered / n;
  return result;
}

}  // namespace kernwise::experiments
