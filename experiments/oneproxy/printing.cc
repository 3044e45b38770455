// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "study.h"

namespace kernwise::oneproxy {
namespace {

using Json = nlohmann::ordered_json;

Json decision_json(const DecisionResult& decision) {
  return {{"known", decision.known},
          {"decisions", decision.decisions},
          {"good_proxies", decision.good_proxies},
          {"balanced_accuracy", decision.balanced_accuracy},
          {"constant_balanced_accuracy", decision.constant_accuracy},
          {"good_reused_share", decision.reused_good},
          {"wrongly_reused_share", decision.wrongly_reused},
          {"wrong_of_reused_share", decision.wrong_of_reused},
          {"rejected_share", decision.rejected},
          {"interval_90_coverage", decision.within_interval},
          {"spearman_error_median", decision.median_error}};
}

}  // namespace

std::string as_text(const StudyResult& result, const FleetTask& task, double took_s) {
  std::string text = fmt::format(
      "{} devices, {} pairs, {} of them with a Spearman correlation of "
      "0.9 or more; {:.0f} s\n\n",
      result.devices.size(), result.pairs, result.monotone_pairs, took_s);
  for (std::size_t a = 0; a < result.devices.size(); ++a) {
    text += fmt::format("{:<16.16}", result.devices[a]);
    for (const double value : result.spearman[a]) text += fmt::format(" {:5.2f}", value);
    text += '\n';
  }
  text +=
      fmt::format("\n{} pairs, Spearman, mean over draws\n{:<22} {:>8} {:>10} {:>7} {:>7} {:>7}\n",
                  task.pairs.size(), "method", "samples", "known", "mean", "worst", ">= .9");
  for (const MethodResult& method : result.methods) {
    text += fmt::format("{:<22} {:>8} {:>10} {:>7.3f} {:>7.3f} {:>6.0f}%\n",
                        method.method + (method.is_default ? " *" : ""), method.samples,
                        method.all_sources ? "all others" : "the proxy", method.mean, method.worst,
                        100 * method.above);
  }
  for (const DecisionResult& decision : result.decisions) {
    text += fmt::format(
        "\nreuse or not, known: {}: {} decisions, {} proxies good enough; balanced accuracy {:.1f} "
        "% (constant answer {:.0f} %), good ones reused {:.1f} %, wrongly reused {:.1f} % "
        "({:.1f} % of the reused), rejected {:.1f} %, 90 % interval covers {:.1f} %, median error "
        "{:.3f}\n",
        decision.known, decision.decisions, decision.good_proxies, 100 * decision.balanced_accuracy,
        100 * decision.constant_accuracy, 100 * decision.reused_good, 100 * decision.wrongly_reused,
        100 * decision.wrong_of_reused, 100 * decision.rejected, 100 * decision.within_interval,
        decision.median_error);
  }
  return text + "* the default\n";
}

std::string as_json(const StudyResult& result, const FleetTask& task, const Options& options,
                    double took_s) {
  Json methods = Json::array(), decisions = Json::array(), warnings = Json::array();
  for (const MethodResult& method : result.methods) {
    Json pairs = Json::array();
    for (std::size_t i = 0; i < method.pairs.size(); ++i) {
      pairs.push_back({{"proxy", task.pairs[i].proxy},
                       {"target", task.pairs[i].target},
                       {"spearman_mean", method.pairs[i]}});
    }
    methods.push_back({{"method", method.method},
                       {"default", method.is_default},
                       {"known_devices", method.all_sources ? "all-others" : "proxy"},
                       {"samples", method.samples},
                       {"spearman_mean", method.mean},
                       {"spearman_worst_pair", method.worst},
                       {"above_0_9_share", method.above},
                       {"pairs", std::move(pairs)}});
  }
  for (const DecisionResult& decision : result.decisions) {
    decisions.push_back(decision_json(decision));
  }
  for (const TableWarning& warning : result.warnings) {
    warnings.push_back(
        {{"code", to_string(warning.kind)}, {"message", warning.message}, {"hint", ""}});
  }
  const Json document = {{"schema", "kernwise.experiment.oneproxy/1"},
                         {"options",
                          {{"table", task.table},
                           {"samples", options.samples},
                           {"draws", options.draws},
                           {"decision_samples", options.decision_samples},
                           {"decision_draws", options.decision_draws},
                           {"seed", options.seed},
                           {"choose_among_designs", options.among},
                           {"reuse_spearman", options.rule.enough},
                           {"reuse_probability", options.rule.sure}}},
                         {"result",
                          {{"devices", result.devices},
                           {"spearman", result.spearman},
                           {"pairs", result.pairs},
                           {"monotone_pairs", result.monotone_pairs},
                           {"methods", std::move(methods)},
                           {"decisions", std::move(decisions)},
                           {"took_s", took_s}}},
                         {"warnings", std::move(warnings)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kernwise::oneproxy
