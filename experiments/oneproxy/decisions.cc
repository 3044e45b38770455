// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How often the decision to reuse a proxy is right: with a prior from the proxy alone, with one from
// all devices but the target and its twins, and as `kernwise fleet` takes it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernwise/base/statistics.h"
#include "kernwise/fleet/plan_fleet.h"
#include "kernwise/fleet/proxy_judges.h"
#include "priors.h"

namespace kernwise::oneproxy {
namespace {

class Decisions {
 public:
  explicit Decisions(std::string known) { result_.known = std::move(known); }

  void add(const ProxyVerdict& verdict, double real, double enough) {
    const bool good = real >= enough, reuse = verdict.use == ProxyUse::kReuse;
    ++result_.decisions;
    result_.good_proxies += good;
    reused_good_ += good && reuse;
    reused_bad_ += !good && reuse;
    inside_ += real >= verdict.low && real <= verdict.high;
    rejected_ += verdict.use == ProxyUse::kReject;
    errors_.push_back(std::abs(verdict.spearman - real));
  }

  DecisionResult result() const {
    DecisionResult result = result_;
    const auto share = [](int64_t part, int64_t whole) {
      return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
    };
    result.reused_good = share(reused_good_, result.good_proxies);
    result.wrongly_reused = share(reused_bad_, result.decisions - result.good_proxies);
    result.wrong_of_reused = share(reused_bad_, reused_good_ + reused_bad_);
    result.balanced_accuracy = 0.5 * (result.reused_good + 1 - result.wrongly_reused);
    result.within_interval = share(inside_, result.decisions);
    result.rejected = share(rejected_, result.decisions);
    if (!errors_.empty()) result.median_error = median(errors_);
    return result;
  }

 private:
  DecisionResult result_;
  int64_t reused_good_ = 0, reused_bad_ = 0, inside_ = 0, rejected_ = 0;
  std::vector<double> errors_;
};

Rows offered_rows(const Rows& rows, const Options& options, Rng& rng) {
  Rows offered = shuffled(rows, rng);
  offered.resize(std::min(offered.size(), static_cast<std::size_t>(options.among)));
  return offered;
}

uint64_t seed_of(const Options& options, int draw, std::size_t target) {
  return options.seed + 1000 * static_cast<uint64_t>(draw + 1) + target;
}

Result<DecisionResult> by_prior(const LatencyTable& table, const Twins& twins, Priors& priors,
                                const Options& options,
                                const std::vector<std::vector<double>>& truth, bool others,
                                const Say& say) {
  Decisions decisions(others ? "others" : "proxy");
  const Rows rows = every_row(table);
  for (std::size_t target = 0; target < table.devices.size(); ++target) {
    for (std::size_t proxy = 0; proxy < table.devices.size(); ++proxy) {
      if (twins.are(proxy, target)) continue;
      KERNWISE_ASSIGN(const DevicePrior prior,
                      priors.of(others ? twins.others(target) : std::vector{proxy}));
      ProxyJudge judge(prior, table.device_costs(proxy), rows, options.rule);
      for (int draw = 0; draw < options.decision_draws; ++draw) {
        Rng rng(seed_of(options, draw, target));
        const DeviceSamples samples =
            chosen_samples(prior, table.device_costs(target), offered_rows(rows, options, rng),
                           options.decision_samples);
        if (!usable(samples)) continue;
        decisions.add(judge.judge(samples, rng), truth[proxy][target], options.rule.enough);
      }
    }
    say(fmt::format("decisions with '{}' known: {} of {} targets", others ? "others" : "proxy",
                    target + 1, table.devices.size()));
  }
  return decisions.result();
}

// The function and the settings of `kernwise fleet`; its samples are the first that it asks for,
// before anything is known of the target.
Status by_product(const LatencyTable& table, const Twins& twins, const Options& options,
                  const std::vector<std::vector<double>>& truth,
                  std::vector<DecisionResult>& results, const Say& say) {
  Decisions every("product, every pair"), picked("product, the proxy that it picks");
  const Rows rows = every_row(table);
  for (std::size_t target = 0; target < table.devices.size(); ++target) {
    const std::vector<std::size_t> known = twins.others(target);
    Rng learning(options.seed);
    KERNWISE_ASSIGN(const DevicePrior prior,
                    DevicePrior::learn(table, known, rows, fleet_prior_options(), learning));
    ProxyRule rule = fleet_proxy_rule();
    rule.sure = options.rule.sure;
    ProxyJudges judges(prior, table, known, rule);
    for (int draw = 0; draw < options.decision_draws; ++draw) {
      Rng rng(seed_of(options, draw, target));
      DeviceSamples samples;
      for (const std::size_t row :
           prior.choose({}, offered_rows(rows, options, rng),
                        static_cast<std::size_t>(options.decision_samples))) {
        samples.rows.push_back(row);
        samples.costs.push_back(table.device_costs(target)[row]);
      }
      if (!usable(samples)) continue;
      for (const std::size_t proxy : known) {
        every.add(judges.judge(proxy, samples, rng), truth[proxy][target], rule.enough);
      }
      const ChosenProxy chosen = judges.choose(samples, rng);
      picked.add(chosen.verdict, truth[chosen.device][target], rule.enough);
    }
    say(fmt::format("decisions of the product: {} of {} targets", target + 1,
                    table.devices.size()));
  }
  results.push_back(every.result());
  results.push_back(picked.result());
  return Ok{};
}

}  // namespace

Result<std::vector<DecisionResult>> judge_decisions(const LatencyTable& table, const Twins& twins,
                                                    Priors& priors, const Options& options,
                                                    const std::vector<std::vector<double>>& truth,
                                                    const Say& say) {
  std::vector<DecisionResult> results;
  KERNWISE_TRY(by_product(table, twins, options, truth, results, say));
  if (options.product_only) return results;
  for (const bool others : {false, true}) {
    KERNWISE_ASSIGN(const DecisionResult one,
                    by_prior(table, twins, priors, options, truth, others, say));
    results.push_back(one);
  }
  return results;
}

}  // namespace kernwise::oneproxy
