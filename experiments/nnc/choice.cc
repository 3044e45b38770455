// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "choice.h"

#include <algorithm>
#include <cmath>

#include "kernwise/base/check.h"
#include "kernwise/base/statistics.h"

namespace kernwise::nnc {
double ChoiceScore::regret_geomean() const {
  if (ratios.empty()) return 0;
  double sum = 0;
  for (const double ratio : ratios) sum += std::log(ratio);
  return std::expm1(sum / static_cast<double>(ratios.size()));
}

double ChoiceScore::regret_p95() const { return ratios.empty() ? 0 : quantile(ratios, 0.95) - 1; }

double ChoiceScore::regret_max() const {
  return ratios.empty() ? 0 : *std::max_element(ratios.begin(), ratios.end()) - 1;
}

ChoiceScore judge_choice(std::span<const double> predicted, std::span<const double> measured,
                         std::size_t candidates) {
  KERNWISE_CHECK(candidates > 0 && predicted.size() == measured.size() &&
                 measured.size() % candidates == 0);
  ChoiceScore score;
  std::vector<double> total(candidates, 0);
  std::vector<uint8_t> everywhere(candidates, 1);
  for (std::size_t at = 0; at < measured.size(); at += candidates) {
    std::size_t chosen = candidates, best = candidates;
    for (std::size_t c = 0; c < candidates; ++c) {
      if (std::isnan(measured[at + c])) continue;
      if (best == candidates || measured[at + c] < measured[at + best]) best = c;
      if (chosen == candidates || predicted[at + c] < predicted[at + chosen]) chosen = c;
    }
    if (best == candidates) continue;
    for (std::size_t c = 0; c < candidates; ++c) {
      everywhere[c] &= !std::isnan(measured[at + c]);
      total[c] += measured[at + c];
    }
    ++score.shapes;
    score.chosen_s += measured[at + chosen];
    score.best_s += measured[at + best];
    score.ratios.push_back(measured[at + chosen] / measured[at + best]);
    score.top1 += chosen == best ? 1 : 0;
  }
  if (score.shapes > 0) score.top1 /= static_cast<double>(score.shapes);
  for (std::size_t c = 0; c < candidates; ++c) {
    if (score.shapes == 0 || !everywhere[c] || (score.fixed >= 0 && total[c] >= score.fixed_s)) {
      continue;
    }
    score.fixed = static_cast<std::ptrdiff_t>(c);
    score.fixed_s = total[c];
  }
  return score;
}

ChoiceScore joined(const std::vector<ChoiceScore>& parts) {
  ChoiceScore all;
  bool fixed = !parts.empty();
  for (const ChoiceScore& part : parts) {
    all.shapes += part.shapes;
    all.chosen_s += part.chosen_s;
    all.best_s += part.best_s;
    all.fixed_s += part.fixed_s;
    fixed = fixed && part.fixed >= 0;
    all.ratios.insert(all.ratios.end(), part.ratios.begin(), part.ratios.end());
    all.top1 += part.top1 * static_cast<double>(part.shapes);
  }
  if (fixed) all.fixed = 0;
  if (all.shapes > 0) all.top1 /= static_cast<double>(all.shapes);
  return all;
}

}  // namespace kernwise::nnc
