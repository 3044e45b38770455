// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Halide pipelines compiled in this process, and their timed runs. Halide's exceptions end here.
//
// Every pipeline, ours or an autoscheduler's, is compiled for the same target: this machine with
// `disable_llvm_loop_opt`. Without that flag LLVM vectorises what a schedule left scalar, and the
// comparison would be one of LLVM's loops. One compiled pipeline serves every side and any number
// of threads. Thread-safety: none; Halide's thread pool belongs to the process.
#pragma once

#include <vector>

#include "kernwise/base/result.h"
#include "workload.h"

namespace kernwise::halide {

// The data of one side: filled input, output to be written, and what it must become.
struct Frame {
  int64_t n = 0;
  Halide::Buffer<> input, output, reference;
  double greatest = 0;  // max |reference|
};
Frame make_frame(const Workload& workload, const Picture& picture, int64_t n);

// Overwrites the output, so that a pipeline that leaves a part out is found.
void spoil(Frame& frame);
// Whether no value of the output is off by more than tolerance * greatest. What is not a number is.
bool agrees(const Frame& frame, double tolerance);
// max |output - reference| over greatest; not a number if a value of the output is not. Slow.
double relative_error(const Frame& frame);

Halide::Target study_target();

struct Compiled {
  Halide::Pipeline pipeline;
  Halide::ImageParam input;
  Halide::Target target;
  double compile_s = 0;
};
// kUnsupported with Halide's message where it refuses the schedule.
Result<Compiled> compile(Program program, const Halide::Target& target);

// A fresh program of the workload under a schedule of ours; null: as Halide has it by default.
Result<Compiled> compile(const Workload& workload, const Knobs* knobs,
                         const Halide::Target& target);

// How many threads pipelines use from now on. After the first compile().
Status set_threads(int threads);

// Wall time of one call.
Result<double> run_once(Compiled& compiled, Frame& frame);

// Spoils the output, runs once, compares. kCriterionFailed where the result is wrong.
Result<double> run_checked(const Workload& workload, Compiled& compiled, Frame& frame);

struct Timing {
  std::vector<double> runs_s;
  double median_s = 0;
};
// The first call is checked. If it takes more than 50 ms it is the measurement: images of that size
// pass through all caches anyway, and repetitions of such calls differ by some percent. Others are
// warmed up for 4 ms (after the check, images of the small sides find their way back into the
// caches over several calls), then run 3 to 31 times, about 15 ms.
Result<Timing> measure(const Workload& workload, Compiled& compiled, Frame& frame);

}  // namespace kernwise::halide
