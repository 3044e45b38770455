// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "halving.h"

#include <algorithm>
#include <array>
#include <limits>

#include "kernwise/base/statistics.h"
#include "kernwise/profile/profiler.h"

namespace kernwise {
namespace {

constexpr double kForever = std::numeric_limits<double>::infinity();

// A candidate enters round r only if its fastest run is within kKeep[r] of its problem's best
// median, and leaves it with kRuns[r] runs. The last round is only for those whose median is still
// uncertain by more than kCertain.
constexpr std::array<int, kProfileRounds> kRuns = {2, 4, 8, 16, 40};
constexpr std::array<double, kProfileRounds> kKeep = {kForever, 2.0, 1.3, 1.1, 1.05};
constexpr double kCertain = 0.02;

}  // namespace

int runs_of_round(int round) { return kRuns[static_cast<std::size_t>(round)]; }

bool enters_round(const std::vector<double>& runs, double best, int round) {
  const double keep = kKeep[static_cast<std::size_t>(round)];
  const double limit = runs.size() == 1 ? std::min(keep, kHopeless) : keep;
  return *std::min_element(runs.begin(), runs.end()) <= limit * best;
}

bool wants_run(const std::vector<double>& runs, int round) {
  if (static_cast<int>(runs.size()) >= runs_of_round(round)) return false;
  return round + 1 < kProfileRounds || runs.empty() || median_spread(runs) > kCertain;
}

int runs_of_each(const std::vector<double>& runs, int most) {
  constexpr double kSlow = 0.05;  // seconds; what lasts so long has seen its disturbances already
  const bool slow = !runs.empty() && *std::min_element(runs.begin(), runs.end()) > kSlow;
  return slow ? std::min(kRunsOfEachSlow, most) : most;
}

bool halving_finished(const std::vector<const std::vector<double>*>& rivals) {
  const std::vector<double>* best = nullptr;
  double best_median = kForever;
  for (const auto* runs : rivals) {
    if (runs->empty()) return false;
    const double middle = median(*runs);
    if (middle >= best_median) continue;
    best = runs;
    best_median = middle;
  }
  if (best == nullptr) return true;
  if (static_cast<int>(best->size()) < runs_of_round(kProfileRounds - 2)) return false;
  constexpr int kLast = kProfileRounds - 1;
  return std::none_of(rivals.begin(), rivals.end(), [&](const auto* runs) {
    return enters_round(*runs, best_median, kLast) && wants_run(*runs, kLast);
  });
}

}  // namespace kernwise
