// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "autoschedulers.h"

#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <sstream>
#include <string>

namespace kernwise::halide {
namespace {

Halide::Region region_of(const Halide::Buffer<>& buffer) {
  Halide::Region region;
  for (int d = 0; d < buffer.dimensions(); ++d) {
    region.emplace_back(buffer.dim(d).min(), buffer.dim(d).extent());
  }
  return region;
}

// The autoschedulers narrate their search on std::cerr, with no switch against it.
class QuietCerr {
 public:
  QuietCerr() : before_(std::cerr.rdbuf(sink_.rdbuf())) {}
  ~QuietCerr() { std::cerr.rdbuf(before_); }
  QuietCerr(const QuietCerr&) = delete;
  QuietCerr& operator=(const QuietCerr&) = delete;

 private:
  std::ostringstream sink_;
  std::streambuf* before_;
};

}  // namespace

Status load_autoschedulers() {
  try {
    for (const char* name : {"mullapudi2016", "li2018", "adams2019"}) {
      Halide::load_plugin(fmt::format("{}/libautoschedule_{}.so", KERNWISE_HALIDE_PLUGINS, name));
    }
    return Ok{};
  } catch (const Halide::Error& problem) {
    return unsupported(fmt::format("an autoscheduler does not load: {}", problem.what()),
                       "tools/packages/install halide.txt");
  }
}

Result<Compiled> autoscheduled(std::string_view name, const Workload& workload, const Frame& frame,
                               const AutoMachine& machine, const Halide::Target& target) {
  using Clock = std::chrono::steady_clock;
  Program program = workload.algorithm();
  double took_s = 0;
  try {
    const QuietCerr quiet;
    const auto start = Clock::now();
    program.input.set_estimates(region_of(frame.input));
    program.stages.back().set_estimates(region_of(frame.output));
    const Halide::MachineParams params(
        machine.threads, static_cast<uint64_t>(machine.last_level_cache.value), kBalance);
    Halide::Pipeline(program.stages.back()).auto_schedule(std::string(name), target, params);
    took_s = std::chrono::duration<double>(Clock::now() - start).count();
  } catch (const Halide::Error& problem) {
    return unsupported(fmt::format("{} fails: {}", name, problem.what()));
  }
  KERNWISE_ASSIGN(Compiled compiled, compile(std::move(program), target));
  compiled.compile_s += took_s;
  return compiled;
}

}  // namespace kernwise::halide
