// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "printing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

namespace kernwise::mulder {
namespace {

using Json = nlohmann::ordered_json;

double mean_of(const SplitResult& split, const std::function<double(const Scores&)>& get) {
  double sum = 0;
  for (const Scores& scores : split.seeds) sum += get(scores);
  return split.seeds.empty() ? 0 : sum / static_cast<double>(split.seeds.size());
}

Json quantiles_json(const Quantiles& q, double factor) {
  return {{"median", factor * q.median}, {"p10", factor * q.p10}, {"p90", factor * q.p90}};
}

Json split_json(const SplitResult& split) {
  const auto percent = [&](double Scores::*field) {
    return 100 * mean_of(split, [field](const Scores& s) { return s.*field; });
  };
  Json json = {{"seeds", split.seeds.size()},
               {"mdrae_percent", percent(&Scores::mdrae)},
               {"mape_percent", percent(&Scores::mape)},
               {"pairwise_accuracy_percent", percent(&Scores::pairwise_accuracy)},
               {"top1_percent", percent(&Scores::top1)},
               {"regret_total_percent", percent(&Scores::regret_total)},
               {"regret_geomean_percent", percent(&Scores::regret_geomean)},
               {"regret_p95_percent", percent(&Scores::regret_p95)},
               {"regret_max_percent", percent(&Scores::regret_max)},
               {"bias_percent", percent(&Scores::bias)}};
  double covered = 0;
  for (const double c : split.coverage) covered += 100 * c;
  json["coverage_percent"] =
      split.coverage.empty() ? 0 : covered / static_cast<double>(split.coverage.size());
  Json each = Json::array();
  for (std::size_t i = 0; i < split.seeds.size(); ++i) {
    each.push_back({{"mdrae_percent", 100 * split.seeds[i].mdrae},
                    {"regret_total_percent", 100 * split.seeds[i].regret_total},
                    {"coverage_percent", 100 * split.coverage[i]}});
  }
  json["each_seed"] = std::move(each);
  Json families = Json::object();
  for (const auto& [family, error] : split.family_mdrae) families[family] = 100 * error;
  json["family_mdrae_percent"] = std::move(families);
  return json;
}

void split_text(std::string& text, const std::string& title, const SplitResult& split) {
  text += fmt::format("{}, kernel model, mean of {} seeds [range]\n", title, split.seeds.size());
  const auto row = [&](const char* name, double Scores::*field) {
    double low = 1e300, high = -1e300;
    for (const Scores& s : split.seeds) {
      low = std::min(low, 100 * s.*field);
      high = std::max(high, 100 * s.*field);
    }
    text +=
        fmt::format("  {:<20} {:8.2f} %  [{:.2f}, {:.2f}]\n", name,
                    100 * mean_of(split, [field](const Scores& s) { return s.*field; }), low, high);
  };
  row("MdRAE", &Scores::mdrae);
  row("MAPE", &Scores::mape);
  row("pairwise accuracy", &Scores::pairwise_accuracy);
  row("top-1", &Scores::top1);
  row("regret total", &Scores::regret_total);
  row("regret geomean", &Scores::regret_geomean);
  row("regret p95", &Scores::regret_p95);
  row("regret max", &Scores::regret_max);
  text += "  90 % intervals hold ";
  for (const double c : split.coverage) text += fmt::format(" {:.1f} %", 100 * c);
  text += "\n  MdRAE by family:";
  for (const auto& [family, error] : split.family_mdrae) {
    text += fmt::format("  {} {:.2f} %", family, 100 * error);
  }
  text += "\n\n";
}

std::string three(const Quantiles& q, double factor) {
  return fmt::format("{:7.2f} [{:6.2f}, {:6.2f}]", factor * q.median, factor * q.p10,
                     factor * q.p90);
}

}  // namespace

std::string as_text(const StudyResult& result, const Options& options, double took_s) {
  std::string text = fmt::format("Layer tables: {} -> {}, seed {}, {:.0f} s\n\n", options.source,
                                 options.target, options.seed, took_s);
  split_text(text, options.target + ", whole (c,k,im) held out", result.target_group);
  split_text(text, options.target + ", rows held out", result.target_row);
  split_text(text, options.source + ", whole (c,k,im) held out", result.source_group);
  if (!result.regressors.empty()) {
    text += fmt::format(
        "Regressors, {}, groups held out, first seed (nn-c: 250 configurations)\n"
        "  {:<14} {:>8} {:>8} {:>9} {:>11} {:>8}\n",
        options.target, "", "MdRAE %", "MAPE %", "regret %", "parameters", "fit s");
    for (const RegressorResult& r : result.regressors) {
      text += fmt::format("  {:<14} {:8.2f} {:8.2f} {:9.2f} {:11} {:8.1f}\n", r.name,
                          100 * r.scores.mdrae, 100 * r.scores.mape, 100 * r.scores.regret_total,
                          r.parameters, r.fit_s);
    }
    text += "\n";
  }
  text += fmt::format(
      "Transfer {} -> {}: {} rows to draw from, {} to judge; median [p10, p90] over draws\n"
      "  baselines: source's winner {:+.2f} %, best single primitive ({}) {:+.2f} %\n"
      "  {:<16} {:>7} {:>7} {:>5}  {:<24} {:<24} {:<24} {}\n",
      options.source, options.target, result.train_rows, result.test_rows,
      100 * result.source_winner_regret, result.best_single, 100 * result.best_single_regret, "",
      "share %", "samples", "draws", "regret total %", "MdRAE %", "intervals hold %", "device s");
  for (const TransferResult& t : result.transfers) {
    text += fmt::format("  {:<16} {:7.2f} {:7} {:5}  {:<24} {:<24} {:<24} {:.1f}\n",
                        t.method + (t.is_default ? " *" : ""), 100 * t.fraction, t.samples, t.draws,
                        three(t.regret_total, 100), three(t.mdrae, 100), three(t.coverage, 100),
                        t.cost_s.median);
  }
  text += "  (* = the default)\n\nNetworks whose (c,k,im) were never seen, layouts included\n";
  text += fmt::format("  {:<10} {:>10} {:>9} {:>9} {:>10} {:>9} {:>10} {:>12}\n", "", "optimum ms",
                      "greedy %", "plan %", "verified %", "bias %", "before %", "verify cost");
  for (const NetworkResult& n : result.networks) {
    text += fmt::format("  {:<10} {:10.2f} {:9.2f} {:9.2f} {:10.3f} {:9.1f} {:10.1f} {:10.2f} %\n",
                        n.name, 1e3 * n.optimum_s, 100 * n.greedy_slowdown, 100 * n.slowdown,
                        100 * n.slowdown_verified, 100 * n.bias, 100 * n.bias_uncorrected,
                        100 * n.verify_cost_s / n.profile_cost_s);
  }
  for (const std::string& name : result.networks_missing) {
    text += fmt::format("  {:<10} the platform's tables lack some of its layers\n", name);
  }
  text += fmt::format("\nAll primitives of one layer predicted in {:.2f} us on one core\n",
                      result.predict_us);
  return text;
}

std::string as_json(const StudyResult& result, const Options& options, double took_s) {
  Json regressors = Json::array(), transfers = Json::array(), nets = Json::array();
  for (const RegressorResult& r : result.regressors) {
    regressors.push_back({{"name", r.name},
                          {"mdrae_percent", 100 * r.scores.mdrae},
                          {"mape_percent", 100 * r.scores.mape},
                          {"regret_total_percent", 100 * r.scores.regret_total},
                          {"parameters", r.parameters},
                          {"fit_s", r.fit_s}});
  }
  for (const TransferResult& t : result.transfers) {
    transfers.push_back({{"method", t.method},
                         {"default", t.is_default},
                         {"fraction", t.fraction},
                         {"samples", t.samples},
                         {"draws", t.draws},
                         {"regret_total_percent", quantiles_json(t.regret_total, 100)},
                         {"mdrae_percent", quantiles_json(t.mdrae, 100)},
                         {"coverage_percent", quantiles_json(t.coverage, 100)},
                         {"device_cost_s", quantiles_json(t.cost_s, 1)}});
  }
  for (const NetworkResult& n : result.networks) {
    nets.push_back({{"name", n.name},
                    {"optimum_s", n.optimum_s},
                    {"greedy_slowdown_percent", 100 * n.greedy_slowdown},
                    {"slowdown_percent", 100 * n.slowdown},
                    {"slowdown_verified_percent", 100 * n.slowdown_verified},
                    {"bias_percent", 100 * n.bias},
                    {"bias_uncorrected_percent", 100 * n.bias_uncorrected},
                    {"verify_cost_percent", 100 * n.verify_cost_s / n.profile_cost_s}});
  }
  const Json document = {{"schema", "kernwise.experiment.mulder/1"},
                         {"options",
                          {{"source", options.source},
                           {"target", options.target},
                           {"fractions", options.fractions},
                           {"draws", options.draws},
                           {"seeds", options.seeds},
                           {"seed", options.seed},
                           {"threads", options.threads},
                           {"top", options.top}}},
                         {"result",
                          {{"target_model",
                            {{"regressor", to_string(RegressorKind::kKernel)},
                             {"group_split", split_json(result.target_group)},
                             {"row_split", split_json(result.target_row)}}},
                           {"source_model", {{"group_split", split_json(result.source_group)}}},
                           {"regressors", std::move(regressors)},
                           {"baselines",
                            {{"source_winner_regret_percent", 100 * result.source_winner_regret},
                             {"best_single_primitive", result.best_single},
                             {"best_single_regret_percent", 100 * result.best_single_regret}}},
                           {"transfer", std::move(transfers)},
                           {"networks", std::move(nets)},
                           {"networks_missing", result.networks_missing},
                           {"predict_layer_us", result.predict_us},
                           {"took_s", took_s}}},
                         {"warnings", Json::array()}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kernwise::mulder
