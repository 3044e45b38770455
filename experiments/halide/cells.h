// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What runs in one cell (side, threads) of the comparison: the unscheduled pipeline, the three
// autoschedulers told of this side and these threads, and the predicted best schedules.
// Thread-safety: none.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "comparison.h"
#include "study.h"

namespace kernwise::halide {

struct Prediction {
  Knobs knobs;
  double predicted_s = 0;
};

class CellRunner {
 public:
  CellRunner(const Workload& workload, const Device& device)
      : workload_(workload), device_(device) {}

  // predictions: best first, at least one. Fills the cell's entries and gains within about limit_s
  // (at least three rounds, whatever they take).
  Status run(Frame& frame, const std::vector<Prediction>& predictions, double limit_s, Cell& cell);

  // Distinct predicted-best schedules that were run, over all cells.
  int64_t schedules() const { return static_cast<int64_t>(ours_.size()); }

 private:
  Contender made(std::string name, const Knobs* knobs);
  Status verify(Frame& frame, std::vector<Contender>& contenders, std::size_t first, Cell& cell);

  const Workload& workload_;
  const Device& device_;
  std::map<Knobs, Compiled> ours_;  // one schedule may be predicted best in several cells
  std::optional<Compiled> unscheduled_;
};

}  // namespace kernwise::halide
