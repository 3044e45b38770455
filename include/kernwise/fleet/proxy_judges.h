// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which of the known devices is the best proxy for a target, and may it stand in for it? This is
// the decision of `kernwise fleet`: the proxy is the known device whose order of designs is nearest
// to what all known devices together make of the samples; it is then judged (proxy_decision.h) as
// if it were the only known one, so that the others cannot talk the samples away.
// Thread-safety: none; one object for one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "kernwise/fleet/proxy_decision.h"

namespace kernwise {

struct ChosenProxy {
  std::size_t device = 0;  // column of the table
  ProxyVerdict verdict;
};

class ProxyJudges {
 public:
  // `devices`: columns of the table, all known to `prior`; the table must outlive this object.
  ProxyJudges(DevicePrior prior, const LatencyTable& table, std::span<const std::size_t> devices,
              const ProxyRule& rule);

  // At least one sample has a cost. With fewer than kLeastSamples that have one, a proxy is named,
  // but not to be reused: nothing can be said of it (interval -1 to 1).
  static constexpr std::size_t kLeastSamples = 4;
  ChosenProxy choose(const DeviceSamples& samples, Rng& rng);
  // The verdict on one of the devices.
  ProxyVerdict judge(std::size_t device, const DeviceSamples& samples, Rng& rng);

 private:
  ProxyJudge& of(std::size_t i);

  DevicePrior prior_;
  const LatencyTable* table_;
  std::vector<std::size_t> devices_, rows_, compared_;
  ProxyRule rule_;
  std::vector<std::optional<ProxyJudge>> judges_;  // of each device, as far as met
  std::vector<std::size_t> planned_;               // the samples that plan_ is for
  std::optional<DevicePrior::Plan> plan_;
};

}  // namespace kernwise
