// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A loop over matrix products of many shapes, each run by what the dispatcher chooses, and beside
// it the best single variant for all of them.
//
//   kernwise fit --regressor nn-c -o here.kwm     (after measuring: kernwise profile)
//   dispatch_loop here.kwm [SHAPES]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/base/rng.h"
#include "kernwise/place/dispatcher.h"
#include "kernwise/primitives/registry.h"

using namespace kernwise;

// The fastest of three runs; infinite if the primitive does not take the problem.
static double time_of(const Primitive& primitive, const Problem& problem, Execution execution) {
  const auto answer = primitive.supports(problem, execution);
  if (!std::holds_alternative<Admitted>(answer)) return std::numeric_limits<double>::infinity();
  const ThreadScope threads(execution.threads);
  const auto kernel = primitive.prepare(problem, {}, execution).value();
  AlignedBuffer a({input_shape(problem, 0).elements() * 4}),
      b({input_shape(problem, 1).elements() * 4}), c({output_shape(problem).elements() * 4}),
      scratch(kernel->workspace());
  Rng rng;
  for (auto* x : {&a, &b}) {
    for (int64_t i = 0; i < x->size().value / 4; ++i) x->floats()[i] = float(rng.uniform());
  }
  const float* inputs[] = {a.floats(), b.floats()};
  double best = std::numeric_limits<double>::infinity();
  for (int run = 0; run < 4; ++run) {  // the first warms up
    const auto start = std::chrono::steady_clock::now();
    kernel->run({.inputs = inputs, .output = c.floats(), .scratch = scratch.data()});
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    if (run > 0) best = std::min(best, time.count());
  }
  return best;
}

int main(int argc, char** argv) {
  auto model = DeviceModel::load(argc > 1 ? argv[1] : "here.kwm");
  if (!model.ok()) return std::fprintf(stderr, "%s\n", to_string(model.error()).c_str()), 2;
  std::vector<DispatchModel> models(1);
  models[0].model = *std::move(model);
  const auto dispatcher = Dispatcher::build(models);
  if (!dispatcher.ok())
    return std::fprintf(stderr, "%s\n", to_string(dispatcher.error()).c_str()), 2;

  Dispatcher::Workspace workspace;  // one for each thread that asks
  Rng rng;
  double chosen_s = 0;
  std::map<std::string, double> fixed_s;  // of each variant that takes every shape
  const int shapes = argc > 2 ? std::atoi(argv[2]) : 40;
  for (int i = 0; i < shapes; ++i) {
    const Problem problem{
        GemmProblem{.m = rng.integer(8, 384), .n = rng.integer(8, 384), .k = rng.integer(8, 384)},
        {}};
    const DispatchChoice choice = dispatcher->choose(problem, workspace);
    if (choice.primitive == nullptr) return std::fprintf(stderr, "no model of gemm\n"), 2;
    const Execution execution = dispatcher->execution(choice);
    for (const Candidate& candidate : candidates(problem, execution)) {
      const double seconds = time_of(*candidate.primitive, problem, execution);
      fixed_s[candidate.primitive->info().id] += seconds;
      if (candidate.primitive == choice.primitive) chosen_s += seconds;
    }
  }
  auto best = fixed_s.begin();
  for (auto it = fixed_s.begin(); it != fixed_s.end(); ++it) {
    if (it->second < best->second) best = it;
  }
  std::printf("%d shapes: chosen %.3g ms; best single variant %s %.3g ms; gain %.3fx\n", shapes,
              1e3 * chosen_s, best->first.c_str(), 1e3 * best->second, best->second / chosen_s);
}
