// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Measures schedules of one workload: each is compiled once and then run at every side and on every
// number of threads that are asked for. What the cache knows is not measured again.
// Thread-safety: none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cache.h"
#include "compiled.h"

namespace kernwise::halide {

class Sampler {
 public:
  Sampler(const Workload& workload, std::vector<Frame>& frames, std::vector<int> threads,
          Cache& cache)
      : workload_(workload), frames_(frames), threads_(std::move(threads)), cache_(cache) {}

  // At the first `sides` frames. A schedule that Halide refuses is recorded as failed; a wrong
  // output is an error, because then a schedule was applied wrongly or Halide has a defect.
  Status measure_at(const Knobs& knobs, std::size_t sides);

  // Median time; nothing where it was not measured or failed.
  std::optional<double> time_of(const Knobs& knobs, int threads, int64_t n) const;

  struct Spent {
    int64_t schedules = 0;  // compiled now
    int64_t runs = 0;       // timed (schedule, threads, side) triples, now
    int64_t failed = 0;
    double compile_s = 0, run_s = 0;
  };
  const Spent& spent() const { return spent_; }

 private:
  const Workload& workload_;
  std::vector<Frame>& frames_;
  std::vector<int> threads_;
  Cache& cache_;
  Spent spent_;
};

}  // namespace kernwise::halide
