// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "place_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "kernwise/base/format.h"
#include "kernwise/base/rng.h"
#include "kernwise/base/statistics.h"
#include "kernwise/place/program_executor.h"
#include "kernwise/primitives/primitive.h"
#include "kernwise/primitives/reference.h"
#include "kernwise/profile/profiler.h"

namespace kernwise::detail {
namespace {

Error interrupted() {
  return {ErrorCode::kInterrupted, "stopped while running the program", {}, {}};
}

// What is held besides the executors: inputs, and while verifying the reference's values in double.
Result<Bytes> left_for_executors(const Program& program, const PlaceRequest& request) {
  double inputs = 0, all = 0;
  for (const Tensor& tensor : program.tensors) {
    const auto bytes = static_cast<double>(tensor.bytes().value);
    all += bytes;
    if (tensor.maker < 0) inputs += bytes;
  }
  const double held = inputs + (request.verify ? 2 * all : 0);
  const auto limit = static_cast<double>(request.memory.value);
  if (held >= limit) {
    return unsupported(
        fmt::format("running the program takes more than {} for its inputs and the reference",
                    format_bytes(request.memory)),
        "raise --memory, or leave out --run");
  }
  return Bytes{static_cast<int64_t>(limit - held)};
}

// The largest relative error over all outputs.
void verify(const Program& program, const ProgramInputs& inputs, const ProgramExecutor& executor,
            double tolerance, PlacedRun& run) {
  const std::vector<std::vector<double>> expected = reference_outputs(program, inputs);
  for (std::size_t i = 0; i < program.tensors.size(); ++i) {
    if (!program.tensors[i].output) continue;
    const std::span<const float> computed = executor.output(static_cast<int>(i));
    const std::vector<double> actual(computed.begin(), computed.end());
    const double error = relative_error(actual, expected[i]);
    if (run.worst_output.empty() || error > run.max_relative_error) {
      run.max_relative_error = error;
      run.worst_output = program.tensors[i].name;
    }
  }
  run.within_tolerance = run.max_relative_error <= tolerance;
}

}  // namespace

Result<PlacedRuns> run_placements(const Program& program, const PlaceTable& table,
                                  const std::vector<Placement>& placements,
                                  const PlaceRequest& request, Progress& progress,
                                  const StopFlag& stop) {
  using Clock = std::chrono::steady_clock;
  KERNWISE_ASSIGN(Bytes left, left_for_executors(program, request));
  Rng rng(request.seed);
  const ProgramInputs inputs = random_inputs(program, rng);
  // Equal placements are one program: running it twice would only show noise between them.
  std::vector<std::size_t> same(placements.size());
  std::vector<ProgramExecutor> executors;
  std::vector<std::size_t> first;  // placement of each executor
  int threads = 1;
  for (std::size_t i = 0; i < placements.size(); ++i) {
    const auto found = std::find_if(first.begin(), first.end(), [&](std::size_t k) {
      return placements[k].option == placements[i].option;
    });
    same[i] = static_cast<std::size_t>(found - first.begin());
    if (found != first.end()) continue;
    KERNWISE_ASSIGN(ProgramExecutor executor,
                    ProgramExecutor::prepare(program, table, placements[i], left));
    left.value -= executor.memory().value;
    executor.set_inputs(inputs);
    executors.push_back(std::move(executor));
    first.push_back(i);
    for (std::size_t t = 0; t < program.tasks.size(); ++t) {
      threads = std::max(threads,
                         table.tasks[t][static_cast<std::size_t>(placements[i].option[t])].threads);
    }
  }
  const BoundTeam team(threads);
  std::vector<std::vector<double>> runs(executors.size());
  // Each timed run follows an untimed one of the same placement, as it is with kernels that are
  // measured alone: the other placements have sent its tensors out of the caches and its threads to
  // sleep, and a program that runs again and again meets neither.
  for (int round = 0; round < request.repeat; ++round) {
    for (std::size_t e = 0; e < executors.size(); ++e) {
      if (stop.load()) return interrupted();
      KERNWISE_TRY(executors[e].run());
      const Clock::time_point start = Clock::now();
      KERNWISE_TRY(executors[e].run());
      const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
      runs[e].push_back(seconds);
    }
    progress.update("Running", static_cast<double>(round + 1) / request.repeat, "");
  }
  PlacedRuns result;
  for (const std::size_t e : same) result.runs_s.push_back(runs[e]);
  PlacedRun& run = result.first;
  run.repeat = request.repeat;
  run.runs_s = runs[0];
  run.measured_s = median(runs[0]);
  run.spread = median_spread(runs[0]);
  run.memory = executors[0].memory();
  run.max_relative_error = std::numeric_limits<double>::quiet_NaN();
  if (request.verify) {
    progress.update("Verifying", 0, "");
    verify(program, inputs, executors[0], request.tolerance, run);
  }
  return result;
}

}  // namespace kernwise::detail
