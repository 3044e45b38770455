// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/proxy_decision.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernwise/base/statistics.h"
#include "kernwise/fleet/ranking.h"

namespace kernwise {

std::string_view to_string(ProxyUse use) {
  switch (use) {
    case ProxyUse::kReuse: return "reuse";
    case ProxyUse::kAdapt: return "adapt";
    case ProxyUse::kReject: return "reject";
  }
  return "unknown";
}

ProxyVerdict judge_proxy(const DevicePrior& prior, const DeviceSamples& samples,
                         std::span<const double> proxy_costs, std::span<const std::size_t> rows,
                         const ProxyRule& rule, Rng& rng) {
  std::vector<std::size_t> there;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!std::isnan(proxy_costs[i])) there.push_back(i);
  }
  ProxyVerdict verdict;
  verdict.use = ProxyUse::kReject;
  if (there.size() < 2) return verdict;
  const std::size_t count = std::min(there.size(), rule.designs);
  std::vector<std::size_t> picked;
  std::vector<double> proxy;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t i = there[k * there.size() / count];
    picked.push_back(rows[i]);
    proxy.push_back(proxy_costs[i]);
  }
  std::vector<double> agreement;
  int enough = 0, too_little = 0;
  for (const auto& costs : prior.draw_costs(samples, picked, rule.draws, rng)) {
    agreement.push_back(spearman(proxy, costs));
    enough += agreement.back() >= rule.enough;
    too_little += agreement.back() < rule.too_little;
  }
  const auto all = static_cast<double>(agreement.size());
  verdict.spearman = median(agreement);
  verdict.low = quantile(agreement, 0.05);
  verdict.high = quantile(agreement, 0.95);
  verdict.reuse_probability = enough / all;
  verdict.use = verdict.reuse_probability >= rule.sure ? ProxyUse::kReuse
                : too_little / all > 0.5               ? ProxyUse::kReject
                                                       : ProxyUse::kAdapt;
  return verdict;
}

}  // namespace kernwise
