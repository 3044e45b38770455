// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "sampler.h"

#include <algorithm>
#include <numeric>

#include "kernwise/base/statistics.h"

namespace kernwise::halide {

Status Sampler::measure_at(const Knobs& knobs, std::size_t sides) {
  const std::string workload(workload_.name), schedule = to_string(workload_, knobs);
  std::optional<Compiled> compiled;
  for (std::size_t i = 0; i < std::min(sides, frames_.size()); ++i) {
    for (const int threads : threads_) {
      Frame& frame = frames_[i];
      if (cache_.find(workload, schedule, threads, frame.n) != nullptr) continue;
      Record record{workload, schedule, threads, frame.n, {}, 0, ""};
      if (!compiled) {
        Result<Compiled> made = compile(workload_, &knobs, study_target());
        ++spent_.schedules;
        if (!made.ok()) {
          ++spent_.failed;
          record.failure = made.error().message;
          KERNWISE_TRY(cache_.add(std::move(record)));
          continue;
        }
        compiled = std::move(made).value();
        spent_.compile_s += compiled->compile_s;
      }
      record.compile_s = compiled->compile_s;
      KERNWISE_TRY(set_threads(threads));
      Result<Timing> timing = measure(workload_, *compiled, frame);
      if (!timing.ok() && timing.error().code == ErrorCode::kUnsupported) {
        record.failure = timing.error().message;  // compiled, but refuses to run
        KERNWISE_TRY(cache_.add(std::move(record)));
        continue;
      }
      if (!timing.ok()) return std::move(timing).error().within(schedule);
      record.runs_s = timing->runs_s;
      spent_.run_s += std::accumulate(record.runs_s.begin(), record.runs_s.end(), 0.0);
      ++spent_.runs;
      KERNWISE_TRY(cache_.add(std::move(record)));
    }
  }
  return Ok{};
}

std::optional<double> Sampler::time_of(const Knobs& knobs, int threads, int64_t n) const {
  const Record* record =
      cache_.find(std::string(workload_.name), to_string(workload_, knobs), threads, n);
  if (record == nullptr || record->runs_s.empty()) return std::nullopt;
  return median(record->runs_s);
}

}  // namespace kernwise::halide
