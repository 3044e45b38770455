// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// dispatcher_bench MODEL.kwm...: what it costs to ask the dispatcher, in nanoseconds a choice, for
// shapes that were asked before and for new ones. Products of matrices of 1 to 1024 a side.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/base/statistics.h"
#include "kernwise/place/dispatcher.h"

namespace kernwise {
namespace {

constexpr int kShapes = 1000;
constexpr int kRounds = 101;

double elapsed_ns(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

// Median over the rounds of the mean over all shapes. The sum keeps the calls alive.
template <typename Choose>
double ns_per_choice(const std::vector<Problem>& problems, double& sum, Choose choose) {
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (const Problem& problem : problems) sum += choose(problem).time_s;
    rounds.push_back(elapsed_ns(start) / kShapes);
  }
  return median(rounds);
}

int run(int argc, char** argv) {
  std::vector<DispatchModel> models;
  for (int i = 1; i < argc; ++i) {
    Result<DeviceModel> model = DeviceModel::load(argv[i]);
    if (!model.ok()) {
      fmt::print(stderr, "error: {}\n", to_string(model.error()));
      return static_cast<int>(model.error().code);
    }
    DispatchModel& to = models.emplace_back();
    to.model = std::move(model).value();
  }
  const Result<Dispatcher> dispatcher = Dispatcher::build(std::move(models));
  if (!dispatcher.ok()) {
    fmt::print(stderr, "error: {}\nusage: dispatcher_bench MODEL.kwm...\n",
               to_string(dispatcher.error()));
    return static_cast<int>(dispatcher.error().code);
  }
  Rng rng;
  std::vector<Problem> problems;
  for (int i = 0; i < kShapes; ++i) {
    GemmProblem p;
    p.m = rng.integer(1, 1024), p.n = rng.integer(1, 1024), p.k = rng.integer(1, 1024);
    problems.push_back({p, {}});
  }
  Dispatcher::Workspace workspace;
  double sum = 0;
  const double unseen = ns_per_choice(
      problems, sum, [&](const Problem& p) { return dispatcher->predict(p, workspace); });
  for (const Problem& problem : problems) sum += dispatcher->choose(problem, workspace).time_s;
  const double seen = ns_per_choice(
      problems, sum, [&](const Problem& p) { return dispatcher->choose(p, workspace); });
  fmt::print(
      "{} shapes, {} model(s)\nasked before  {:8.1f} ns a choice\nnew           {:8.1f} ns "
      "a choice\nsum of times  {:.3g} s\n",
      kShapes, argc - 1, seen, unseen, sum);
  return 0;
}

}  // namespace
}  // namespace kernwise

int main(int argc, char** argv) { return kernwise::run(argc, argv); }
