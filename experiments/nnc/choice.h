// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What choosing by prediction costs, in measured time. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kernwise::nnc {

struct ChoiceScore {
  int64_t shapes = 0;          // with at least one measured candidate
  double chosen_s = 0;         // sums of measured times over the shapes
  double best_s = 0;           // of the fastest
  double fixed_s = 0;          // of the best fixed candidate, of those that take every shape
  std::ptrdiff_t fixed = -1;   // which that is; -1: none takes every shape
  std::vector<double> ratios;  // per shape: chosen over best
  double top1 = 0;             // share of shapes where the fastest was chosen

  double regret_total() const { return best_s > 0 ? chosen_s / best_s - 1 : 0; }
  double regret_geomean() const;
  double regret_p95() const;
  double regret_max() const;
  // How much longer the best fixed candidate takes; it was picked with the same shapes in view.
  double gain_over_fixed() const { return fixed >= 0 && chosen_s > 0 ? fixed_s / chosen_s - 1 : 0; }
};

// Both shapes x candidates, seconds; measured is NaN where a candidate was not measured, and then
// it is not chosen.
ChoiceScore judge_choice(std::span<const double> predicted, std::span<const double> measured,
                         std::size_t candidates);

// Sums and ratios together; `fixed_s` of the parts' own best candidates.
ChoiceScore joined(const std::vector<ChoiceScore>& parts);

}  // namespace kernwise::nnc
