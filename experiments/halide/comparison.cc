// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "comparison.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "kernwise/base/statistics.h"

namespace kernwise::halide {

Status run_in_turns(const Workload& workload, Frame& frame, int threads,
                    std::vector<Contender>& contenders, const Turns& turns) {
  constexpr int kRoundsOfSlow = 2;
  KERNWISE_TRY(set_threads(threads));
  const auto start = std::chrono::steady_clock::now();
  std::vector<double> first(contenders.size(), 0);
  double fastest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    Contender& contender = contenders[i];
    if (!contender.failure.empty()) continue;
    Result<double> took = run_checked(workload, contender.compiled, frame);
    if (!took.ok()) {
      if (took.error().code != ErrorCode::kUnsupported) {
        return std::move(took).error().within(contender.name);
      }
      contender.failure = took.error().message;
      continue;
    }
    first[i] = *took;
    fastest = std::min(fastest, *took);
  }
  for (int round = 0; round < turns.most; ++round) {
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    if (round >= turns.least && spent.count() > turns.limit_s) break;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      // Every round begins with another one: nobody always follows the same neighbour's cache.
      const std::size_t at = (i + static_cast<std::size_t>(round)) % contenders.size();
      Contender& contender = contenders[at];
      const bool slow = first[at] > turns.slow_s && first[at] > 10 * fastest;
      if (!contender.failure.empty() || (slow && round >= kRoundsOfSlow)) continue;
      if (slow && first[at] > turns.hopeless_s) {
        contender.runs_s = {first[at]};
        continue;
      }
      KERNWISE_ASSIGN(const double took, run_once(contender.compiled, frame));
      contender.runs_s.push_back(took);
    }
  }
  for (Contender& contender : contenders) {
    if (!contender.runs_s.empty()) contender.median_s = median(contender.runs_s);
  }
  return Ok{};
}

}  // namespace kernwise::halide
