// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// fleet_search: the most accurate design within a bound on latency or energy, for devices that were
// never seen, judged against the exhaustive truth of all designs.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../program.h"
#include "study.h"

namespace kernwise::experiments {
namespace {

using Json = nlohmann::ordered_json;

Json as_json(const Score& s) {
  return {{"method", s.method},
          {"choices", s.choices},
          {"regret_mean_points", s.regret_mean},
          {"regret_worst_points", s.regret_worst},
          {"worst_device", s.worst_device},
          {"worst_device_regret_points", s.worst_device_regret},
          {"violation_ratio", s.violation_share},
          {"regret_of_those_within_mean_points", s.regret_kept_mean},
          {"over_ten_percent_ratio", s.over_ten_share},
          {"over_worst_ratio", std::isfinite(s.over_worst) ? Json(s.over_worst) : Json(nullptr)},
          {"measurements_mean", s.measurements_mean},
          {"measurements_most", s.measurements_most},
          {"choice_s", s.seconds_per_device}};
}

Json as_json(const StudyResult& result) {
  Json groups = Json::array();
  for (const GroupResult& group : result.groups) {
    Json methods = Json::array();
    for (const Score& score : group.scores) methods.push_back(as_json(score));
    groups.push_back(
        {{"group", group.name}, {"targets", group.targets}, {"methods", std::move(methods)}});
  }
  const AccuracyStudy& a = result.accuracy;
  return {{"groups", std::move(groups)},
          {"accuracy_predictor",
           {{"designs", a.designs},
            {"draws", a.draws},
            {"kendall_mean", a.kendall_mean},
            {"kendall_least", a.kendall_least},
            {"spearman_mean", a.spearman_mean},
            {"mean_absolute_error_points", a.error_mean},
            {"coverage_ratio", a.coverage_mean},
            {"own_estimate_kendall", a.own_kendall_mean}}},
          {"proxy_decisions",
           {{"pairs", result.decisions.pairs},
            {"like", result.decisions.like},
            {"reused_like", result.decisions.reused_like},
            {"reused_unlike", result.decisions.reused_unlike},
            {"balanced_accuracy_ratio", result.decisions.balanced_accuracy()},
            {"wrongly_reused_share", result.decisions.wrongly_reused()},
            {"wrong_of_reused_share", result.decisions.wrong_of_reused()}}},
          {"proxy", result.proxy},
          {"train_devices", result.train},
          {"warnings", result.warnings}};
}

std::string as_text(const StudyResult& result) {
  const AccuracyStudy& a = result.accuracy;
  std::string text = fmt::format(
      "accuracy predictor, {} designs, {} draws, cells that compute the same held out together:\n"
      "  Kendall {:.3f} (least {:.3f}), Spearman {:.3f}, mean error {:.2f} points, 90 % intervals "
      "cover {:.1f} %\n  its own leave-one-out estimate of Kendall {:.3f}\n\n",
      a.designs, a.draws, a.kendall_mean, a.kendall_least, a.spearman_mean, a.error_mean,
      100 * a.coverage_mean, a.own_kendall_mean);
  for (const GroupResult& group : result.groups) {
    text += fmt::format("{} ({} targets)\n", group.name, group.targets.size());
    text += fmt::format("  {:<44} {:>7} {:>7} {:>7} {:>7}  {:<22} {:>6} {:>7} {:>7} {:>6} {:>9}\n",
                        "method", "choices", "regret", "within", "worst", "worst device (its mean)",
                        "viol.", "> 10 %", "most", "meas.", "choose");
    for (const Score& s : group.scores) {
      text += fmt::format(
          "  {:<44} {:>7} {:>7.3f} {:>7.3f} {:>7.2f}  {:<22} {:>5.1f}% {:>6.1f}% {:>6.1f}% "
          "{:>6.1f} {:>9}\n",
          s.method, s.choices, s.regret_mean, s.regret_kept_mean, s.regret_worst,
          fmt::format("{} ({:.2f})", s.worst_device.substr(0, 15), s.worst_device_regret),
          100 * s.violation_share, 100 * s.over_ten_share, 100 * s.over_worst, s.measurements_mean,
          s.seconds_per_device > 0 ? fmt::format("{:.3f} ms", 1e3 * s.seconds_per_device) : "");
    }
    text += "\n";
  }
  const ProxyStudy& d = result.decisions;
  if (d.pairs > 0) {
    text += fmt::format(
        "proxy decisions over {} pairs, {} alike: {} reused rightly, {} wrongly; balanced accuracy "
        "{:.1f} % (a constant answer: 50 %), wrongly reused {:.1f} % ({:.1f} % of the reused)\n",
        d.pairs, d.like, d.reused_like, d.reused_unlike, 100 * d.balanced_accuracy(),
        100 * d.wrongly_reused(), 100 * d.wrong_of_reused());
  }
  return text;
}

int run(int argc, char** argv) {
  StudyOptions options;
  bool json = false, quiet = false;
  std::string data;
  CLI::App app("Constrained search on devices never seen, against the exhaustive truth");
  app.add_option("DATA_DIR", data, "folder of the public data")->required();
  app.add_option("--space", options.files.space, "built-in name or file");
  app.add_option("--task", options.files.task, "task file with train and test devices");
  app.add_option("--accuracy", options.files.accuracy, "CSV with accuracies");
  app.add_option("--accuracy-column", options.files.accuracy_column, "the one to maximise");
  app.add_option("--extra", options.files.extra, "CSV with further costs, such as energies");
  app.add_option("--samples", options.protocol.samples, "measurements in all for a choice")
      ->check(CLI::Range(1, 1000));
  app.add_option("--references", options.protocol.references, "of them before the search")
      ->check(CLI::Range(1, 1000));
  app.add_option("--margin", options.protocol.margin, "of choices not measured, in deviations");
  app.add_option("--layers", options.layers,
                 "of the known devices' Pareto sets: designs that the few-shot search may choose")
      ->check(CLI::Range(1, 1000));
  app.add_flag("--spread,!--no-spread", options.spread,
               "references are of all designs, not only of those that may be chosen");
  app.add_option("--draws", options.draws, "of the designs the accuracy predictor learns from")
      ->check(CLI::Range(1, 100));
  app.add_option("--designs", options.accuracy_designs, "that the accuracy predictor learns from")
      ->check(CLI::Range(20, 5000));
  app.add_option("--seed", options.seed, "of all random draws");
  app.add_flag("--all-devices,!--no-all-devices", options.all_devices,
               "also every device in turn, by all the others");
  app.add_flag("--optimizer,!--no-optimizer", options.optimizer, "train the optimiser networks");
  app.add_flag("--validate", options.validate,
               "only the train devices, each met by the others: for settings");
  app.add_flag("--json", json, "JSON on standard output");
  app.add_flag("-q,--quiet", quiet, "no progress on standard error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  options.files.data = data;
  const auto say = [&](const std::string& line) {
    if (!quiet) fmt::print(stderr, "{}\n", line);
  };
  const Result<StudyResult> result = run_study(options, say);
  if (!result.ok()) return failed(result.error());
  for (const std::string& warning : result->warnings) say("warning: " + warning);
  fmt::print("{}", json ? Json({{"schema", "kernwise.experiment.fleet_search/1"},
                                {"options",
                                 {{"space", options.files.space},
                                  {"samples", options.protocol.samples},
                                  {"references", options.protocol.references},
                                  {"layers", options.layers},
                                  {"spread_references", options.spread},
                                  {"margin_deviations", options.protocol.margin},
                                  {"accuracy_designs", options.accuracy_designs},
                                  {"draws", options.draws},
                                  {"seed", options.seed}}},
                                {"result", as_json(*result)}})
                                  .dump(2) +
                              "\n"
                        : as_text(*result));
  return 0;
}

}  // namespace
}  // namespace kernwise::experiments

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::experiments::run, argc, argv);
}
