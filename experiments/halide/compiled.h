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
};
Frame make_frame(const Workload& workload, const Picture& picture, int64_t n);

// Overwrites the output, so that a pipeline that leaves a part out is found.
void spoil(Frame& frame);
// max |output - reference| over max |reference|.
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
// The first call is checked and not counted; then three to nine runs, about 20 ms of them. A first
// call beyond half a second is counted and stays alone: what a first call costs more (pages are
// touched already) is lost in it.
Result<Timing> measure(const Workload& workload, Compiled& compiled, Frame& frame);

}  // namespace kernwise::halide
