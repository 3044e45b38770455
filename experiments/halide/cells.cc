// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "autoschedulers.h"

namespace kernwise::halide {

// Ours with knobs, unscheduled without.
Contender CellRunner::made(std::string name, const Knobs* knobs) {
  Contender contender;
  contender.name = std::move(name);
  if (knobs != nullptr) contender.schedule = to_string(workload_, *knobs);
  const auto known = knobs != nullptr ? ours_.find(*knobs) : ours_.end();
  if (known != ours_.end()) {
    contender.compiled = known->second;
  } else if (knobs == nullptr && unscheduled_) {
    contender.compiled = *unscheduled_;
  } else {
    Result<Compiled> compiled = compile(workload_, knobs, study_target());
    if (!compiled.ok()) {
      contender.failure = compiled.error().message;
      return contender;
    }
    contender.compiled = std::move(compiled).value();
    if (knobs != nullptr) {
      ours_.emplace(*knobs, contender.compiled);
    } else {
      unscheduled_ = contender.compiled;
    }
  }
  contender.compile_s = contender.compiled.compile_s;
  return contender;
}

// Which of the predicted best is fastest is found out by measurements of their own: taken from the
// comparison, it would be the luckiest of them there.
Status CellRunner::verify(Frame& frame, std::vector<Contender>& contenders, std::size_t first,
                          Cell& cell) {
  KERNWISE_TRY(set_threads(cell.threads));
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = first; i < contenders.size(); ++i) {
    if (!contenders[i].failure.empty()) continue;
    Result<Timing> timing = measure(workload_, contenders[i].compiled, frame);
    if (!timing.ok()) {
      if (timing.error().code != ErrorCode::kUnsupported) return std::move(timing).error();
      contenders[i].failure = timing.error().message;  // compiled, but refuses to run
      continue;
    }
    if (timing->median_s >= least) continue;
    least = timing->median_s;
    cell.verified = static_cast<int>(i);
  }
  return Ok{};
}

Status CellRunner::run(Frame& frame, const std::vector<Prediction>& predictions, double limit_s,
                       Cell& cell) {
  std::vector<Contender> contenders;
  contenders.push_back(made("unscheduled", nullptr));
  const AutoMachine machine{cell.threads, device_.l3};
  for (const std::string_view name : kAutoschedulers) {
    Contender contender;
    contender.name = name;
    Result<Compiled> compiled = autoscheduled(name, workload_, frame, machine, study_target());
    if (compiled.ok()) {
      contender.compiled = std::move(compiled).value();
      contender.compile_s = contender.compiled.compile_s;
    } else {
      contender.failure = compiled.error().message;
    }
    contenders.push_back(std::move(contender));
  }
  const std::size_t first = contenders.size();
  cell.first_predicted = static_cast<int>(first);
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    contenders.push_back(made(fmt::format("predicted {}", i + 1), &predictions[i].knobs));
  }
  KERNWISE_TRY(verify(frame, contenders, first, cell));
  Turns turns;
  turns.limit_s = std::min(6.0, limit_s / 2);
  KERNWISE_TRY(run_in_turns(workload_, frame, cell.threads, contenders, turns));

  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const Contender& c = contenders[i];
    cell.entries.push_back({c.name, c.schedule, c.failure, c.median_s, c.compile_s,
                            i >= first ? predictions[i - first].predicted_s : 0,
                            static_cast<int64_t>(c.runs_s.size())});
    const bool automatic = i >= 1 && i < first && !c.runs_s.empty();
    if (automatic && (cell.best_auto < 0 ||
                      c.median_s < contenders[static_cast<std::size_t>(cell.best_auto)].median_s)) {
      cell.best_auto = static_cast<int>(i);
    }
  }
  if (cell.best_auto < 0) return Ok{};
  const double theirs = contenders[static_cast<std::size_t>(cell.best_auto)].median_s;
  if (contenders[first].median_s > 0) cell.gain = theirs / contenders[first].median_s;
  if (cell.verified >= 0) {
    cell.verified_gain = theirs / contenders[static_cast<std::size_t>(cell.verified)].median_s;
  }
  return Ok{};
}

}  // namespace kernwise::halide
