// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "cases.h"

namespace kernwise::footprint_here {
namespace {

// Drawn without repetition.
std::vector<StepRecord> some_steps(const Data& there, std::size_t left_out, Rng& rng) {
  std::vector<StepRecord> steps;
  for (const Row& row : there.rows) {
    if (row.network != left_out && !row.record.unsteady) steps.push_back(row.record);
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto last = static_cast<int64_t>(steps.size()) - 1;
    std::swap(steps[i],
              steps[static_cast<std::size_t>(rng.integer(static_cast<int64_t>(i), last))]);
  }
  if (steps.size() > kTransferSteps) steps.resize(kTransferSteps);
  return steps;
}

}  // namespace

Result<std::vector<TransferErrors>> judge_transfer(const Data& data, Devices& devices,
                                                   const Data& there, const Options& options,
                                                   const Say& say) {
  std::vector<TransferErrors> result;
  Rng rng(options.seed);
  for (std::size_t n = 0; n < data.names.size(); ++n) {
    const std::vector<StepRecord> few = some_steps(there, n, rng);
    TransferErrors errors{data.names[n]};
    for (const Row& row : there.rows) errors.rows += row.network == n ? 1 : 0;
    if (few.empty() || errors.rows == 0) continue;
    say(fmt::format("transfer: {}", data.names[n]));
    KERNWISE_ASSIGN(const StepDevice source, devices.without(n));
    KERNWISE_ASSIGN(const StepDevice moved, transfer_step_device(source, there.plain, few, rng));
    KERNWISE_ASSIGN(const StepDevice fresh, learn_step_device(there.plain, few, rng));
    for (const Row& row : there.rows) {
      if (row.network != n) continue;
      const TimedStep& step = row.record.timed;
      const auto error = [&](const StepDevice& device) {
        return 100 * std::abs(device.latency->predict(step).median_s / step.step_s - 1) /
               static_cast<double>(errors.rows);
      };
      errors.as_is += error(source);
      errors.transferred += error(moved);
      errors.scratch += error(fresh);
      const LatencyEstimate estimate = moved.latency->predict(step);
      const bool within = step.step_s >= estimate.low_s && step.step_s <= estimate.high_s;
      errors.covered += (within ? 100 : 0) / static_cast<double>(errors.rows);
    }
    result.push_back(errors);
  }
  return result;
}

}  // namespace kernwise::footprint_here
