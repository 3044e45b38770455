// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "place/recorded_pair.h"

#include <set>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/graph/work.h"

namespace kernwise::test {
namespace {

// "plain" and "tiled" cross on each device.
double time_of(const Problem& problem, int resource, bool tiled) {
  const double work = kernwise::work(problem, WorkTerm::kOperations);
  if (resource == 0) return tiled ? 4e-6 + 2e-10 * work : 3e-7 + 8e-10 * work;
  return tiled ? 3e-5 + 4e-12 * work : 1e-5 + 3e-11 * work;
}

Problem random_problem(int kind, Rng& rng) {
  const auto size = [&] { return rng.integer(16, 1024); };
  if (kind == 0) {
    GemmProblem p;
    p.m = size(), p.n = size(), p.k = size();
    return {p, {}};
  }
  if (kind == 1) {
    GemvProblem p;
    p.m = size(), p.n = size();
    return {p, {}};
  }
  if (kind == 2) {
    MatconvProblem p;
    p.h = size(), p.w = size(), p.r = 3 + 2 * rng.integer(0, 2);
    return {p, {}};
  }
  PoolProblem p;
  p.ih = size(), p.iw = size(), p.kh = p.kw = rng.integer(2, 5), p.sh = p.sw = rng.integer(1, 2);
  return {p, {}};
}

}  // namespace

RecordedCosts recorded_pair(const Program& program, int others, uint64_t seed) {
  RecordedCosts costs;
  costs.resources = {{"cpu", {}, {}}, {"gpu:0", {1e-5, 1e10}, {1e-5, 8e9}}};
  costs.devices = {"invented", "invented too"};
  std::vector<Problem> problems;
  for (const Task& task : program.tasks) problems.push_back(task.problem);
  Rng rng(seed);
  for (int kind = 0; kind < 4; ++kind) {
    for (int i = 0; i < others; ++i) problems.push_back(random_problem(kind, rng));
  }
  std::set<std::string> seen;
  for (const Problem& problem : problems) {
    const std::string text = to_string(problem);
    if (!seen.insert(text).second) continue;
    for (int resource = 0; resource < 2; ++resource) {
      for (const bool tiled : {false, true}) {
        const double time = time_of(problem, resource, tiled);
        costs.times.push_back({resource, 1, text, tiled ? "tiled" : "plain", time, time, time});
      }
    }
  }
  return costs;
}

}  // namespace kernwise::test
