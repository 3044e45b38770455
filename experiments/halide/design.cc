// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "design.h"

#include <algorithm>
#include <limits>
#include <set>

namespace kernwise::halide {
namespace {

std::vector<double> position(const Workload& workload, const Knobs& knobs) {
  std::vector<double> at;
  for (std::size_t i = 0; i < knobs.size(); ++i) {
    const std::vector<int>& values = workload.knobs[i].values;
    const auto index = std::find(values.begin(), values.end(), knobs[i]) - values.begin();
    const auto most = std::max<std::size_t>(1, values.size() - 1);
    at.push_back(static_cast<double>(index) / static_cast<double>(most));
  }
  return at;
}

double squared_distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace

std::vector<Knobs> random_schedules(const Workload& workload, int64_t n, std::size_t count,
                                    Rng& rng) {
  std::vector<Knobs> drawn;
  std::set<Knobs> seen;
  // A small space is exhausted long before so many draws; then what was found is all there is.
  for (std::size_t tries = 0; drawn.size() < count && tries < 200 * count; ++tries) {
    Knobs knobs;
    for (const Knob& knob : workload.knobs) {
      const auto last = static_cast<int64_t>(knob.values.size()) - 1;
      knobs.push_back(knob.values[static_cast<std::size_t>(rng.integer(0, last))]);
    }
    if (workload.valid(knobs, n) && seen.insert(knobs).second) drawn.push_back(std::move(knobs));
  }
  return drawn;
}

std::vector<std::size_t> spread_out(const Workload& workload, const std::vector<Knobs>& pool,
                                    const std::vector<std::size_t>& candidates, std::size_t count,
                                    Rng& rng) {
  constexpr int kTries = 10;
  std::vector<std::size_t> left = candidates, taken;
  std::vector<std::vector<double>> positions;
  while (taken.size() < count && !left.empty()) {
    std::size_t best = 0;
    double farthest = -1;
    for (int i = 0; i < kTries; ++i) {
      const auto at =
          static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(left.size()) - 1));
      const std::vector<double> p = position(workload, pool[left[at]]);
      double nearest = std::numeric_limits<double>::infinity();
      for (const auto& other : positions) nearest = std::min(nearest, squared_distance(p, other));
      if (nearest > farthest) {
        farthest = nearest;
        best = at;
      }
    }
    positions.push_back(position(workload, pool[left[best]]));
    taken.push_back(left[best]);
    left[best] = left.back();
    left.pop_back();
  }
  return taken;
}

}  // namespace kernwise::halide
