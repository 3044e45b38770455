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

// f(output, reference, values) on the data as they are stored.
template <typename F>
auto on_values(const Frame& frame, const F& f) {
  const std::size_t count = frame.reference.number_of_elements();
  const void* output = frame.output.data();
  const void* reference = frame.reference.data();
  return frame.reference.type().is_float()
             ? f(static_cast<const float*>(output), static_cast<const float*>(reference), count)
             : f(static_cast<const uint16_t*>(output), static_cast<const uint16_t*>(reference),
                 count);
}

}  // namespace

Frame make_frame(const Workload& workload, const Picture& picture, int64_t n) {
  Frame frame{n, workload.input(picture, n), {}, {}, 0};
  frame.reference = workload.reference(frame.input, n);
  frame.output = Halide::Buffer<>(frame.reference.type(), workload.output_extents(n));
  frame.greatest = on_values(frame, [](const auto*, const auto* reference, std::size_t count) {
    double most = 0;
    for (std::size_t i = 0; i < count; ++i) most = std::max(most, std::abs(double(reference[i])));
    return most;
  });
  return frame;
}

void spoil(Frame& frame) {
  std::memset(frame.output.data(), 0xFF, frame.output.size_in_bytes());  // NaN as float
}

// One loop without a way out is what compilers turn into vector code. A loop in double, or one that
// ends early, takes longer than the pipeline that is checked.
bool agrees(const Frame& frame, double tolerance) {
  const auto limit = static_cast<float>(tolerance * frame.greatest);
  return on_values(frame, [&](const auto* output, const auto* reference, std::size_t count) {
    int32_t wrong = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const float apart =
          std::abs(static_cast<float>(output[i]) - static_cast<float>(reference[i]));
      wrong |= static_cast<int32_t>(!(apart <= limit));  // so is NaN
    }
    return wrong == 0;
  });
}

double relative_error(const Frame& frame) {
  return on_values(frame, [&](const auto* output, const auto* reference, std::size_t count) {
    double difference = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double apart = std::abs(double(output[i]) - double(reference[i]));
      if (apart > difference || std::isnan(apart)) difference = apart;  // NaN stays
    }
    return difference / frame.greatest;
  });
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
  if (!agrees(frame, workload.tolerance)) {
    return Error{ErrorCode::kCriterionFailed,
                 fmt::format("the output of {} at side {} is wrong by {:.2e}", workload.name,
                             frame.n, relative_error(frame)),
                 {},
                 {}};
  }
  return took;
}

Result<Timing> measure(const Workload& workload, Compiled& compiled, Frame& frame) {
  constexpr double kLongCall = 0.05, kWarm = 0.004, kEnough = 0.015;
  constexpr std::size_t kFewest = 3, kMost = 31;
  KERNWISE_ASSIGN(const double first, run_checked(workload, compiled, frame));
  Timing timing;
  if (first > kLongCall) {
    timing.runs_s = {first};
    timing.median_s = first;
    return timing;
  }
  for (double warm = 0; warm < kWarm;) {
    KERNWISE_ASSIGN(const double took, run_once(compiled, frame));
    warm += took;
  }
  double total = 0;
  while (timing.runs_s.size() < kMost && (timing.runs_s.size() < kFewest || total < kEnough)) {
    KERNWISE_ASSIGN(const double took, run_once(compiled, frame));
    timing.runs_s.push_back(took);
    total += took;
  }
  timing.median_s = median(timing.runs_s);
  return timing;
}

}  // namespace kernwise::halide
