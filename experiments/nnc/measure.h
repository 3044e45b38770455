// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Measures points through the store, warm, every variant of a kind on every resource. Each gets
// `runs` runs, in as many passes over all points, one run a pass: the runs of a point lie minutes
// apart, and a stretch in which the machine is slower spoils a run of many points rather than all
// runs of some. Runs that the witness (profile/witness.h) calls disturbed are not kept. A pass goes
// in pieces of some points at a time, so that an interrupted call loses little and the next one
// goes on. A variant that takes one thread only is measured with one whatever the point says. A
// share of the points is measured again in the same way, each pass after one of the others, into a
// store of its own (FILE.again): how far two honest measurements of one thing lie apart is the
// noise floor.
//
// Only variants with plain row-major tensors take part: they are exchangeable without a transform.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/primitives/primitive.h"
#include "kernwise/profile/profiler.h"
#include "study.h"

namespace kernwise::nnc {

struct MeasureOptions {
  std::filesystem::path store;
  Seconds budget{840};                  // both passes together
  std::vector<std::string> resources;   // "cpu", "opencl:0"
  std::vector<std::string> primitives;  // ids; empty: all
  double repeated = 0.1;                // share of the points that the second pass takes
  int runs = kRunsOfEach;
  uint64_t seed = 1;  // of the numbers that are computed with
  // What the time of a point is: the median of its runs, or the fastest of them.
  bool fastest = false;
  bool threads_apart = false;  // a combination for each number of threads ("cpu/2")
  bool measure = true;         // false: take what the store has
};

struct MeasureSummary {
  double spent_s = 0, expected_s = 0;  // expected: as stated after the first piece
  int64_t wanted = 0, measured = 0;    // (point, variant, resource), without the repeated ones
  int64_t refused = 0;
  int64_t witness_asked = 0, witness_refused = 0;  // of the runs of this call
  std::vector<std::string> warnings;
};

using Say = std::function<void(const std::string&)>;

// Fills `combinations` of each kind from the store. kInterrupted when `stop` was set.
Result<MeasureSummary> measure(std::vector<KindData>& kinds, const MeasureOptions& options,
                               const Say& say, const StopFlag& stop);

}  // namespace kernwise::nnc
