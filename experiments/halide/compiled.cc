// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "compiled.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

#include "kernwise/base/statistics.h"

namespace kernwise::halide {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <typename T>
double relative_error_of(const Halide::Buffer<>& output, const Halide::Buffer<>& reference) {
  const auto* a = static_cast<const T*>(output.data());
  const auto* b = static_cast<const T*>(reference.data());
  double most = 0, difference = 0;
  for (std::size_t i = 0; i < reference.number_of_elements(); ++i) {
    const double apart = std::abs(double(a[i]) - double(b[i]));
    if (!(apart <= difference)) difference = apart;  // NaN stays
    most = std::max(most, std::abs(double(b[i])));
  }
  return difference / most;
}

}  // namespace

Frame make_frame(const Workload& workload, const Picture& picture, int64_t n) {
  Frame frame{n, workload.input(picture, n), {}, {}};
  frame.reference = workload.reference(frame.input, n);
  frame.output = Halide::Buffer<>(frame.reference.type(), workload.output_extents(n));
  return frame;
}

void spoil(Frame& frame) {
  std::memset(frame.output.data(), 0xFF, frame.output.size_in_bytes());  // NaN as float
}

double relative_error(const Frame& frame) {
  return frame.reference.type().is_float()
             ? relative_error_of<float>(frame.output, frame.reference)
             : relative_error_of<uint16_t>(frame.output, frame.reference);
}

Halide::Target study_target() {
  return Halide::get_host_target()
      .with_feature(Halide::Target::JIT)
      .with_feature(Halide::Target::DisableLLVMLoopOpt);
}

Result<Compiled> compile(Program program, const Halide::Target& target) {
  try {
    Compiled compiled{Halide::Pipeline(program.stages.back()), program.input, target, 0};
    const double start = now();
    compiled.pipeline.compile_jit(target);
    compiled.compile_s = now() - start;
    return compiled;
  } catch (const Halide::Error& problem) {
    return unsupported(fmt::format("Halide refuses the schedule: {}", problem.what()));
  }
}

Result<Compiled> compile(const Workload& workload, const Knobs* knobs,
                         const Halide::Target& target) {
  Program program = workload.algorithm();
  try {
    if (knobs != nullptr) workload.schedule(program, *knobs);
  } catch (const Halide::Error& problem) {
    return unsupported(fmt::format("Halide refuses the schedule: {}", problem.what()));
  }
  return compile(std::move(program), target);
}

Status set_threads(int threads) {
  // Halide 14 has no function for it in its library, only in the runtime that it compiles for the
  // process: there they are the documented ones of HalideRuntime.h. A running pool takes a greater
  // number but ignores a smaller one (Halide issue 5910), so it is ended first, and starts again
  // with the next parallel loop.
  for (const auto& module :
       Halide::Internal::JITSharedRuntime::get(nullptr, study_target(), false)) {
    const auto shutdown = module.exports().find("halide_shutdown_thread_pool");
    const auto set = module.exports().find("halide_set_num_threads");
    if (shutdown == module.exports().end() || set == module.exports().end()) continue;
    const auto set_number = reinterpret_cast<int (*)(int)>(set->second.address);
    if (set_number(threads) != threads) {
      reinterpret_cast<void (*)()>(shutdown->second.address)();
      set_number(threads);
    }
    return Ok{};
  }
  return unsupported("this Halide offers no halide_set_num_threads to programs that it compiles");
}

Result<double> run_once(Compiled& compiled, Frame& frame) {
  try {
    compiled.input.set(frame.input);
    const double start = now();
    compiled.pipeline.realize(frame.output, compiled.target);
    return now() - start;
  } catch (const Halide::Error& problem) {
    return unsupported(fmt::format("Halide refuses to run the schedule: {}", problem.what()));
  }
}

Result<double> run_checked(const Workload& workload, Compiled& compiled, Frame& frame) {
  spoil(frame);
  KERNWISE_ASSIGN(const double took, run_once(compiled, frame));
  const double error = relative_error(frame);
  if (!(error <= workload.tolerance)) {
    return Error{ErrorCode::kCriterionFailed,
                 fmt::format("the output of {} at side {} is wrong by {:.2e}", workload.name,
                             frame.n, error),
                 {},
                 {}};
  }
  return took;
}

Result<Timing> measure(const Workload& workload, Compiled& compiled, Frame& frame) {
  constexpr double kLongCall = 0.5, kEnough = 0.02;
  constexpr std::size_t kFewest = 3, kMost = 9;
  KERNWISE_ASSIGN(const double first, run_checked(workload, compiled, frame));
  Timing timing;
  if (first > kLongCall) timing.runs_s.push_back(first);
  double total = 0;
  while (first <= kLongCall && timing.runs_s.size() < kMost &&
         (timing.runs_s.size() < kFewest || total < kEnough)) {
    KERNWISE_ASSIGN(const double took, run_once(compiled, frame));
    timing.runs_s.push_back(took);
    total += took;
  }
  timing.median_s = median(timing.runs_s);
  return timing;
}

}  // namespace kernwise::halide
