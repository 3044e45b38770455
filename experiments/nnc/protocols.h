// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The two ways to judge the models, side by side.
//
// As published (Srivastava et al. 2020, from their scripts), with its defects, named:
//   - the test set is scaled by its own statistics, inputs and target alike (the description leaves
//     open whether the target was; unscaled seconds are smaller than one step of their optimiser);
//   - what is printed is the checkpoint that was best on the test set. For the networks of this
//     project each start is looked at after 10, 20, 40 and 80 steps and at its end;
//   - the 30 % smallest test times are left out of the mean.
// Honest: scaling, choice of start and hyper-parameters from the training rows alone, every test
// point counts.
#pragma once

#include <cstdint>
#include <vector>

#include "errors.h"
#include "models.h"
#include "paper_net.h"

namespace kernwise::nnc {

inline constexpr double kDroppedShare = 0.3;

struct SplitRows {
  std::vector<int64_t> train, test;
};

// Mean absolute percentage error (as a ratio) under the published protocol.
Result<double> published_mape(Model model, const Combination& combination, const SplitRows& split,
                              const ModelOptions& options, Rng& rng);
// The same of the published network on raw seconds.
double published_paper_net_mape(const Combination& combination, const SplitRows& split,
                                const PaperNetOptions& options, Rng& rng);

struct HonestResult {
  Errors errors;
  double mape_without_smallest = 0;       // 30 % dropped, all else honest: what dropping alone does
  std::vector<double> predicted, actual;  // seconds, in the order of the test rows
};
Result<HonestResult> honest(Model model, const Combination& combination, const SplitRows& split,
                            const ModelOptions& options, Rng& rng);

}  // namespace kernwise::nnc
