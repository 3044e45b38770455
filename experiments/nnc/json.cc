// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <cmath>
#include <nlohmann/json.hpp>

#include "printing.h"
#include "summary.h"

namespace kernwise::nnc {
namespace {

using Json = nlohmann::ordered_json;

Json percent(double ratio) { return std::isfinite(ratio) ? Json(100 * ratio) : Json(nullptr); }

Json percents(const std::vector<double>& ratios) {
  Json list = Json::array();
  for (const double ratio : ratios) list.push_back(percent(ratio));
  return list;
}

Json by_model(const std::map<Model, std::vector<double>>& all) {
  Json json = Json::object();
  for (const auto& [model, values] : all) {
    json[std::string(to_string(model))] = {{"mape_percent", percent(mean_of(values))},
                                           {"seeds_mape_percent", percents(values)}};
  }
  return json;
}

Json per_seed(const PerSeed& figures) {
  return {{"mdrae_percent", percent(mean_of(figures.mdrae))},
          {"mape_percent", percent(mean_of(figures.mape))},
          {"seeds_mdrae_percent", percents(figures.mdrae)},
          {"seeds_mape_percent", percents(figures.mape)}};
}
Json by_model(const std::map<Model, PerSeed>& all) {
  Json json = Json::object();
  for (const auto& [model, figures] : all) json[std::string(to_string(model))] = per_seed(figures);
  return json;
}

Json combination(const CombinationResult& c) {
  Json decades = Json::array();
  for (const DecadeError& d : c.decades) {
    decades.push_back({{"from_s", std::pow(10.0, d.exponent)},
                       {"rows", d.rows},
                       {"mdrae_percent", percent(d.mdrae)}});
  }
  return {{"kind", c.kind},
          {"variant", c.variant},
          {"resource", c.resource},
          {"points", c.rows},
          {"train_points", c.train_rows},
          {"test_points", c.test_rows},
          {"noise_mdrae_percent", percent(c.noise_mdrae)},
          {"noise_points", c.noise_rows},
          {"published",
           {{"log_target", by_model(c.published_log)},
            {"seconds_target", by_model(c.published_seconds)},
            {"paper_network_mape_percent", percent(mean_of(c.published_paper_net))},
            {"only_dropped_mape_percent", percent(mean_of(c.dropped_only))}}},
          {"honest", by_model(c.honest)},
          {"honest_decades", std::move(decades)},
          {"other_design", per_seed(c.other_design)},
          {"extrapolation",
           {{"train_points", c.extrapolation_train_rows},
            {"some_size_beyond",
             {{"test_points", c.extrapolation_test_rows}, {"models", by_model(c.extrapolated)}}},
            {"every_size_beyond",
             {{"test_points", c.beyond_test_rows}, {"models", by_model(c.extrapolated_beyond)}}}}}};
}

Json verdicts(const std::map<Model, Verdicts>& all) {
  Json json = Json::object();
  for (const auto& [model, v] : all) {
    json[std::string(to_string(model))] = {{"win", v.win}, {"tie", v.tie}, {"loss", v.loss}};
  }
  return json;
}

Json choice(const std::vector<ChoiceScore>& seeds) {
  Json each = Json::array();
  double top1 = 0;
  for (const ChoiceScore& s : seeds) {
    each.push_back(percent(s.regret_total()));
    top1 += s.top1 / static_cast<double>(seeds.size());
  }
  return {
      {"shapes", seeds.empty() ? 0 : seeds[0].shapes},
      {"regret_total_percent", percent(over_seeds(seeds, &ChoiceScore::regret_total))},
      {"regret_geomean_percent", percent(over_seeds(seeds, &ChoiceScore::regret_geomean))},
      {"regret_p95_percent", percent(over_seeds(seeds, &ChoiceScore::regret_p95))},
      {"regret_max_percent", percent(over_seeds(seeds, &ChoiceScore::regret_max))},
      {"top1_percent", percent(top1)},
      {"gain_over_best_fixed_percent", percent(over_seeds(seeds, &ChoiceScore::gain_over_fixed))},
      {"seeds_regret_total_percent", std::move(each)}};
}

}  // namespace

std::string as_json(const Report& report) {
  const StudyResult& result = report.study;
  const OverCombinations over = over_combinations(result);
  Json rows = Json::array(), kinds = Json::object(), warnings = Json::array();
  for (const CombinationResult& c : result.combinations) rows.push_back(combination(c));
  for (const KindChoice& k : result.choices) {
    kinds[k.kind] = choice(k.seeds);
    kinds[k.kind]["best_fixed"] = k.best_fixed;
  }
  for (const std::string& w : report.measured.warnings) {
    warnings.push_back({{"code", "notice"}, {"message", w}, {"hint", ""}});
  }
  Json chosen = choice(result.choice);
  chosen["kinds"] = std::move(kinds);
  const StudyOptions& o = report.options;
  const Json document = {
      {"schema", "kernwise.experiment.nnc/1"},
      {"device", report.device},
      {"options",
       {{"store", report.measure_options.store.string()},
        {"budget_s", report.measure_options.budget.value},
        {"resources", report.measure_options.resources},
        {"primitives", report.measure_options.primitives},
        {"kinds", report.kinds},
        {"points", report.points},
        {"log_points", report.log_points},
        {"runs", report.measure_options.runs},
        {"time", report.measure_options.fastest ? "fastest" : "median"},
        {"threads_apart", report.measure_options.threads_apart},
        {"no_measure", !report.measure_options.measure},
        {"paper_net", o.paper_net},
        {"max_threads", report.max_threads},
        {"seeds", o.seeds},
        {"seed", o.seed},
        {"train_points", o.train},
        {"restarts", o.restarts},
        {"design", to_string(o.design)}}},
      {"result",
       {{"combinations", std::move(rows)},
        {"published",
         {{"mape_mean_percent", percent(over.published_mape)},
          {"paper_network_mape_mean_percent", percent(over.published_paper_net_mape)},
          {"only_dropped_mape_mean_percent", percent(over.dropped_only_mape)},
          {"nn_c_against", verdicts(result.published_verdicts)}}},
        {"honest",
         {{"mdrae_median_percent", percent(over.mdrae)},
          {"mape_median_percent", percent(over.mape)},
          {"noise_mdrae_median_percent", percent(over.noise)},
          {"extrapolation_some_size_beyond_mdrae_median_percent", percent(over.extrapolated_mdrae)},
          {"extrapolation_every_size_beyond_mdrae_median_percent", percent(over.beyond_mdrae)},
          {"better_than_cons_percent", percent(over.beats_cons)},
          {"better_than_lr_c_percent", percent(over.beats_lr)},
          {"nn_c_against", verdicts(result.honest_verdicts)}}},
        {"variant_choice", std::move(chosen)},
        {"design",
         {{"chosen", to_string(o.design)},
          {"mdrae_median_percent", percent(over.mdrae)},
          {"other_mdrae_median_percent", percent(over.other_design_mdrae)},
          {"uniform_train_one_run_s", result.design_cost.uniform_s},
          {"log_train_one_run_s", result.design_cost.log_s}}},
        {"left_out", result.left_out},
        {"measured",
         {{"spent_s", report.measured.spent_s},
          {"expected_s", report.measured.expected_s},
          {"wanted", report.measured.wanted},
          {"measured", report.measured.measured},
          {"refused", report.measured.refused},
          {"witness_asked", report.measured.witness_asked},
          {"witness_refused", report.measured.witness_refused}}},
        {"took_s", report.took_s}}},
      {"warnings", std::move(warnings)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kernwise::nnc
