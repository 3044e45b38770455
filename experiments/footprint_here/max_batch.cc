// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cases.h"
#include "kernwise/base/format.h"
#include "kernwise/base/temporary_folder.h"
#include "kernwise/footprint/predict_step.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/workflow/profile_training.h"

namespace kernwise::footprint_here {
namespace {

constexpr int64_t kMostImages = 4096;

class Trial {
 public:
  Trial(std::filesystem::path worker, std::filesystem::path file, const StepOptions& step,
        int64_t limit)
      : worker_(std::move(worker)) {
    job_.network = std::filesystem::absolute(file).string();
    job_.step = step;
    job_.steps = 1;
    job_.limit_bytes = limit;
  }

  Result<bool> runs(int64_t batch) {
    job_.step.batch = batch;
    KERNWISE_ASSIGN(const TrainingOutcome outcome, run_training_job(job_, worker_, Seconds{600}));
    if (outcome.status == StepStatus::kOk) return true;
    if (outcome.status == StepStatus::kOutOfMemory) return false;
    return internal_error(outcome.reason);
  }

  // The largest batch that runs, kMostImages if that does, from a guess: steps that double on
  // either side, then halves.
  Result<int64_t> largest(int64_t guess, bool guess_runs) {
    int64_t good = guess_runs ? guess : 0, bad = guess_runs ? kMostImages + 1 : guess;
    for (int64_t width = 1; good > 0 ? bad > kMostImages && good < kMostImages : bad > 1;
         width *= 2) {
      const int64_t batch =
          good > 0 ? std::min(good + width, kMostImages) : std::max<int64_t>(bad - width, 1);
      KERNWISE_ASSIGN(const bool ran, runs(batch));
      (ran ? good : bad) = batch;
    }
    while (bad - good > 1) {
      const int64_t batch = good + (bad - good) / 2;
      KERNWISE_ASSIGN(const bool ran, runs(batch));
      (ran ? good : bad) = batch;
    }
    return good;
  }

 private:
  std::filesystem::path worker_;
  TrainingJob job_;
};

}  // namespace

Result<std::vector<MaxBatchCase>> judge_max_batch(const Data& data, Devices& devices,
                                                  const Options& options, int cases,
                                                  const Say& say) {
  KERNWISE_ASSIGN(const std::filesystem::path worker, find_torch_worker({}));
  KERNWISE_ASSIGN(const TemporaryFolder folder, TemporaryFolder::make());
  Rng rng(options.seed);
  std::vector<MaxBatchCase> result;
  for (int c = 0; c < cases; ++c) {
    const std::size_t n = static_cast<std::size_t>(c) % data.names.size();
    MaxBatchCase one;
    one.network = data.names[n];
    const auto optimizer = static_cast<Optimizer>(rng.integer(0, 3));
    one.optimizer = to_string(optimizer);
    one.weight_decay = rng.integer(0, 1) == 0 ? 0 : 1e-4;
    one.ratio = 0.05 * static_cast<double>(rng.integer(0, 12));
    KERNWISE_ASSIGN(const Network whole, read_onnx(data.files[n]));
    KERNWISE_ASSIGN(PrunedNetwork pruned,
                    prune_channels(whole, {one.ratio, {}, PruneStrategy::kRandom}, rng, kMost));
    const std::filesystem::path file = folder.path() / fmt::format("{}.onnx", c);
    KERNWISE_TRY(write_onnx(pruned.network, file));
    const StepOptions step{.batch = 1,
                           .inference = false,
                           .optimizer = optimizer,
                           .weight_decay = one.weight_decay,
                           .threads = options.threads};
    // From a little more than one image needs to what some dozens need, at random.
    KERNWISE_ASSIGN(const LayerGraph graph, unfolded_graph(pruned.network, 1, kMost));
    const auto least = static_cast<double>(step_memory(graph, step, data.plain.rules).peak_bytes());
    one.limit_bytes = static_cast<int64_t>(least * std::exp(rng.uniform(0.3, 2.2)));
    KERNWISE_ASSIGN(const StepDevice device, devices.without(n));
    const Network planned = without_weights(pruned.network);
    KERNWISE_ASSIGN(one.predicted,
                    largest_batch(planned, step, device, {.memory = Bytes{one.limit_bytes}},
                                  kMostImages, kMost));
    Trial trial(worker, file, step, one.limit_bytes);
    if (one.predicted > 0) {
      KERNWISE_ASSIGN(one.ran, trial.runs(one.predicted));
    }
    KERNWISE_ASSIGN(one.largest, trial.largest(std::max<int64_t>(one.predicted, 1),
                                               one.predicted > 0 && one.ran));
    say(fmt::format("{} {} ratio {:.2f} under {}: {} predicted, {} really", one.network,
                    one.optimizer, one.ratio, format_bytes({one.limit_bytes}), one.predicted,
                    one.largest == kMostImages ? fmt::format("at least {}", one.largest)
                                               : fmt::format("{}", one.largest)));
    result.push_back(one);
  }
  return result;
}

}  // namespace kernwise::footprint_here
