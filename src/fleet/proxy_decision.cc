// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/proxy_decision.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernwise/base/statistics.h"
#include "kernwise/fleet/ranking.h"
#include "thinned_rows.h"

namespace kernwise {

std::string_view to_string(ProxyUse use) {
  switch (use) {
    case ProxyUse::kReuse: return "reuse";
    case ProxyUse::kAdapt: return "adapt";
    case ProxyUse::kReject: return "reject";
  }
  return "unknown";
}

ProxyJudge::ProxyJudge(const DevicePrior& prior, std::span<const double> proxy_costs,
                       std::span<const std::size_t> rows, const ProxyRule& rule)
    : rule_(rule) {
  std::vector<std::size_t> there;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!std::isnan(proxy_costs[i])) there.push_back(i);
  }
  std::vector<std::size_t> picked;
  for (const std::size_t i : detail::thinned_rows(there, rule.designs)) {
    picked.push_back(rows[i]);
    proxy_.push_back(proxy_costs[i]);
  }
  drawer_ = prior.drawer(picked);
}

ProxyVerdict ProxyJudge::judge(const DeviceSamples& samples, Rng& rng) {
  ProxyVerdict verdict;
  verdict.use = ProxyUse::kReject;
  if (proxy_.size() < 2) return verdict;
  std::vector<double> agreement;
  int enough = 0, too_little = 0;
  for (const auto& costs : drawer_.draw(samples, rule_.draws, rng)) {
    agreement.push_back(spearman(proxy_, costs));
    enough += agreement.back() >= rule_.enough;
    too_little += agreement.back() < rule_.too_little;
  }
  const auto all = static_cast<double>(agreement.size());
  verdict.spearman = median(agreement);
  verdict.low = quantile(agreement, 0.05);
  verdict.high = quantile(agreement, 0.95);
  verdict.reuse_probability = enough / all;
  verdict.use = verdict.reuse_probability >= rule_.sure ? ProxyUse::kReuse
                : too_little / all > 0.5                ? ProxyUse::kReject
                                                        : ProxyUse::kAdapt;
  return verdict;
}

ProxyVerdict judge_proxy(const DevicePrior& prior, const DeviceSamples& samples,
                         std::span<const double> proxy_costs, std::span<const std::size_t> rows,
                         const ProxyRule& rule, Rng& rng) {
  return ProxyJudge(prior, proxy_costs, rows, rule).judge(samples, rng);
}

}  // namespace kernwise
