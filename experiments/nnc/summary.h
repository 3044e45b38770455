// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The figures over all combinations. Ratios, not percent; NaN where there is nothing.
#pragma once

#include "study.h"

namespace kernwise::nnc {

struct OverCombinations {
  // As published: mean over combinations of the mean over seeds.
  double published_mape = 0, published_paper_net_mape = 0, dropped_only_mape = 0;
  // Honest: median over combinations of the mean over seeds.
  double mdrae = 0, mape = 0, noise = 0, other_design_mdrae = 0;
  double extrapolated_mdrae = 0, beyond_mdrae = 0;
  double beats_cons = 0, beats_lr = 0;  // shares of combinations
};
OverCombinations over_combinations(const StudyResult& result);

// Mean over seeds of one figure of the choice.
double over_seeds(const std::vector<ChoiceScore>& seeds, double (ChoiceScore::*figure)() const);

}  // namespace kernwise::nnc
