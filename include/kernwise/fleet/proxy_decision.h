// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// May a proxy device stand in for a target? If both order designs alike, what was found on the
// proxy holds on the target (Lu, Yang & Ren 2021); often they do not. From a few measurements of
// the target, the rank correlation that proxy and target would show on many designs is estimated:
// costs of the target are drawn from what a device prior believes after the samples, and each draw
// is correlated with the proxy. Thread-safety: judge_proxy is a
// pure function.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/fleet/device_prior.h"

namespace kernwise {

enum class ProxyUse {
  kReuse,   // the proxy's order is good enough as it is
  kAdapt,   // it is not, but it tells much: predict the target from it and the samples
  kReject,  // it tells too little: rely on other devices or on the target's own samples
};
std::string_view to_string(ProxyUse use);  // "reuse", "adapt", "reject"

struct ProxyRule {
  double enough = 0.9;      // rank correlation that allows reuse (the paper's bar)
  double sure = 0.75;       // least probability of it
  double too_little = 0.5;  // a proxy that is likelier below this is rejected
  int draws = 64;
  std::size_t designs = 150;  // that the correlation is estimated on
};

struct ProxyVerdict {
  ProxyUse use = ProxyUse::kAdapt;
  double spearman = 0;           // posterior median
  double low = 0, high = 0;      // 90 % interval
  double reuse_probability = 0;  // of spearman >= rule.enough
};

// Judges one proxy for target after target; keeps what does not depend on the target, so it is not
// for several threads at once.
class ProxyJudge {
 public:
  // `proxy_costs` are the proxy's costs of the designs `rows` (NaN where not known); at most
  // rule.designs of them are used, spread evenly.
  ProxyJudge(const DevicePrior& prior, std::span<const double> proxy_costs,
             std::span<const std::size_t> rows, const ProxyRule& rule);
  // At least one sample has a cost. With fewer than two designs in common: kReject.
  ProxyVerdict judge(const DeviceSamples& samples, Rng& rng);

 private:
  ProxyRule rule_;
  std::vector<double> proxy_;  // costs at the designs used
  DevicePrior::Drawer drawer_;
};

// The same once.
ProxyVerdict judge_proxy(const DevicePrior& prior, const DeviceSamples& samples,
                         std::span<const double> proxy_costs, std::span<const std::size_t> rows,
                         const ProxyRule& rule, Rng& rng);

}  // namespace kernwise
