// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "printing.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace kernwise::nnc {
namespace {

using Json = nlohmann::ordered_json;

double mean(const std::vector<Errors>& seeds, double Errors::*figure) {
  double sum = 0;
  for (const Errors& e : seeds) sum += e.*figure;
  return sum / static_cast<double>(seeds.size());
}

std::string table_text(const TableResult& t) {
  std::string text = fmt::format(
      "\n{}: {} rows; honest: {} of them to train on; as published: the first {}\n"
      "{:<8} {:>11} {:>11} {:>9} {:>9} {:>9}   errors in percent\n",
      t.name, t.rows, t.train_rows, t.published_train_rows, "", "publ. log", "publ. raw", "MdRAE",
      "MAPE", "regret");
  for (const auto& [m, seeds] : t.honest) {
    const auto raw = t.published_seconds.find(m);
    text += fmt::format(
        "{:<8} {:>11.2f} {:>11} {:>9.2f} {:>9.2f} {:>9.2f}\n", to_string(m),
        100 * t.published_log.at(m),
        raw == t.published_seconds.end() ? "-" : fmt::format("{:.2f}", 100 * raw->second),
        100 * mean(seeds, &Errors::mdrae), 100 * mean(seeds, &Errors::mape),
        100 * t.regret_total.at(m));
  }
  text += fmt::format("published network on raw seconds {:.2f}\n", 100 * t.published_paper_net);
  text += fmt::format("nn-c by size {:>7} {:>11} {:>9} {:>9} {:>9} {:>7} {:>9}\n", "configs",
                      "worst/best", "regret", "with seen", "seen only", "top 1", "Spearman");
  for (const SizeChoice& c : t.choice.at(Model::kNnC)) {
    text += fmt::format("{:>12g} {:>7} {:>11.1f} {:>9.2f} {:>9.2f} {:>9.2f} {:>7.2f} {:>9.3f}\n",
                        c.size, c.configurations, c.worst_over_best, 100 * c.regret,
                        100 * c.both_regret, 100 * c.seen_regret, c.top1, c.spearman);
  }
  return text;
}

Json table_json(const TableResult& t) {
  Json models = Json::object();
  for (const auto& [m, seeds] : t.honest) {
    Json each = Json::array(), sizes = Json::array();
    for (const Errors& e : seeds) {
      each.push_back({{"mdrae_percent", 100 * e.mdrae}, {"mape_percent", 100 * e.mape}});
    }
    for (const SizeChoice& c : t.choice.at(m)) {
      sizes.push_back({{"size", c.size},
                       {"configurations", c.configurations},
                       {"worst_over_best_ratio", c.worst_over_best},
                       {"regret_percent", 100 * c.regret},
                       {"regret_with_seen_percent", 100 * c.both_regret},
                       {"regret_seen_only_percent", 100 * c.seen_regret},
                       {"top1_percent", 100 * c.top1},
                       {"spearman", c.spearman}});
    }
    const auto raw = t.published_seconds.find(m);
    models[std::string(to_string(m))] = {
        {"published_log_mape_percent", 100 * t.published_log.at(m)},
        {"published_seconds_mape_percent",
         raw == t.published_seconds.end() ? Json(nullptr) : Json(100 * raw->second)},
        {"honest_mdrae_percent", 100 * mean(seeds, &Errors::mdrae)},
        {"honest_mape_percent", 100 * mean(seeds, &Errors::mape)},
        {"honest_seeds", std::move(each)},
        {"regret_total_percent", 100 * t.regret_total.at(m)},
        {"sizes", std::move(sizes)}};
  }
  return {{"table", t.name},
          {"rows", t.rows},
          {"train_rows", t.train_rows},
          {"published_train_rows", t.published_train_rows},
          {"published_paper_network_mape_percent", 100 * t.published_paper_net},
          {"models", std::move(models)}};
}

}  // namespace

std::string as_text(const std::vector<TableResult>& tables, const TableOptions& options,
                    double took_s) {
  std::string text = fmt::format(
      "Configurations of published tables, {} seeds from {}, {:.0f} s\n"
      "as published: {:.0f} % of the smallest test times left out, test scaled by its own "
      "statistics,\nbest checkpoint by the test set; honest: every test row. regret: measured time "
      "of what is\npredicted best over the best, summed over sizes\n",
      options.seeds, options.seed, took_s, 100 * kDroppedShare);
  for (const TableResult& table : tables) text += table_text(table);
  return text;
}

std::string as_json(const std::vector<TableResult>& tables, const TableOptions& options,
                    double took_s) {
  Json list = Json::array();
  for (const TableResult& table : tables) list.push_back(table_json(table));
  const Json document = {{"schema", "kernwise.experiment.nnc_variant_selection/1"},
                         {"options",
                          {{"seeds", options.seeds},
                           {"seed", options.seed},
                           {"train", options.train},
                           {"published_share", options.published_share},
                           {"restarts", options.restarts}}},
                         {"result", {{"tables", std::move(list)}, {"took_s", took_s}}},
                         {"warnings", Json::array()}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kernwise::nnc
