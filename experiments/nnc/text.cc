// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "printing.h"
#include "summary.h"

namespace kernwise::nnc {
namespace {

std::string percent(double ratio) {
  if (std::isnan(ratio)) return "-";
  return fmt::format("{:.{}f}", 100 * ratio, ratio < 0.0995 ? 2 : ratio < 0.995 ? 1 : 0);
}

std::string mean_percent(const std::map<Model, std::vector<double>>& of, Model model) {
  const auto found = of.find(model);
  return found == of.end() ? "-" : percent(mean_of(found->second));
}
std::string mean_percent(const std::map<Model, PerSeed>& of, Model model,
                         std::vector<double> PerSeed::*figure) {
  const auto found = of.find(model);
  return found == of.end() ? "-" : percent(mean_of(found->second.*figure));
}

std::string title_of(const CombinationResult& c) {
  return fmt::format("{:<8} {:<22} {:<9}", c.kind, c.variant, c.resource);
}

std::string published_table(const StudyResult& result) {
  std::string text = fmt::format(
      "As published: mean absolute percentage error, {:.0f} % of the smallest test times left "
      "out,\n"
      "test set scaled by its own statistics, best checkpoint by the test set. Log target, but "
      "for\n"
      "the columns of raw seconds (paper: the published network, one run)\n{:<41} {:>7} {:>7} "
      "{:>7} "
      "{:>7} {:>7} | {:>8} {:>8} {:>8} {:>8} | {:>9}\n",
      100 * kDroppedShare, "", "nn-c", "nn", "cons", "lr-c", "nlr-c", "paper s", "cons s", "lr-c s",
      "nlr-c s", "only drop");
  for (const CombinationResult& c : result.combinations) {
    text += title_of(c);
    for (const Model m : kModels) text += fmt::format(" {:>7}", mean_percent(c.published_log, m));
    text += fmt::format(" | {:>8}", percent(mean_of(c.published_paper_net)));
    for (const Model m : {Model::kCons, Model::kLrC, Model::kNlrC}) {
      text += fmt::format(" {:>8}", mean_percent(c.published_seconds, m));
    }
    text += fmt::format(" | {:>9}\n", percent(mean_of(c.dropped_only)));
  }
  return text;
}

std::string honest_table(const StudyResult& result, const StudyOptions& options) {
  std::string text = fmt::format(
      "\nHonest: all points, scaling from training rows, {} seeds: MdRAE and for nn-c MAPE, "
      "percent.\n"
      "noise: the second pass against the first. far: trained up to {:.0f}, a size beyond it;\n"
      "twice: every size beyond it. other: nn-c trained on the {} design\n"
      "{:<41} {:>5} {:>6} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} | {:>7} {:>7} {:>7} {:>7} | {:>7}\n",
      options.seeds, options.extrapolation_limit,
      to_string(options.design == Design::kLog ? Design::kUniform : Design::kLog), "", "test",
      "noise", "nn-c", "MAPE", "nn", "cons", "lr-c", "nlr-c", "far", "far lr", "twice", "twi. lr",
      "other");
  for (const CombinationResult& c : result.combinations) {
    text += title_of(c);
    text += fmt::format(" {:>5} {:>6}", c.test_rows, percent(c.noise_mdrae));
    text += fmt::format(" {:>7} {:>7}", mean_percent(c.honest, Model::kNnC, &PerSeed::mdrae),
                        mean_percent(c.honest, Model::kNnC, &PerSeed::mape));
    for (const Model m : {Model::kNn, Model::kCons, Model::kLrC, Model::kNlrC}) {
      text += fmt::format(" {:>7}", mean_percent(c.honest, m, &PerSeed::mdrae));
    }
    text += fmt::format(" | {:>7} {:>7} {:>7} {:>7} | {:>7}\n",
                        mean_percent(c.extrapolated, Model::kNnC, &PerSeed::mdrae),
                        mean_percent(c.extrapolated, Model::kLrC, &PerSeed::mdrae),
                        mean_percent(c.extrapolated_beyond, Model::kNnC, &PerSeed::mdrae),
                        mean_percent(c.extrapolated_beyond, Model::kLrC, &PerSeed::mdrae),
                        percent(mean_of(c.other_design.mdrae)));
  }
  return text;
}

std::string decade_table(const StudyResult& result) {
  std::string text = "\nnn-c, honest, first seed: MdRAE by decade of the measured time (rows)\n";
  for (const CombinationResult& c : result.combinations) {
    text += title_of(c);
    for (const DecadeError& d : c.decades) {
      text += fmt::format("  1e{} s {} % ({})", d.exponent, percent(d.mdrae), d.rows);
    }
    text += "\n";
  }
  return text;
}

std::string verdict_line(const char* title, const std::map<Model, Verdicts>& all) {
  std::string text = title;
  for (const auto& [model, v] : all) {
    text += fmt::format("   {} {}/{}/{}", to_string(model), v.win, v.tie, v.loss);
  }
  return text + "\n";
}

std::string choice_table(const StudyResult& result) {
  std::string text = fmt::format(
      "\nChoice of variant and resource over the test shapes, copies not counted, measured times, "
      "mean of seeds\n"
      "{:<9} {:>7} {:>8} {:>8} {:>8} {:>8} {:>7} {:>10}  {}\n",
      "", "shapes", "total %", "geo %", "p95 %", "max %", "top 1 %", "gain %",
      "best fixed variant");
  const auto row = [&](const std::string& name, const std::vector<ChoiceScore>& seeds,
                       const std::string& fixed) {
    if (seeds.empty()) return;
    double top1 = 0;
    for (const ChoiceScore& s : seeds) top1 += s.top1 / static_cast<double>(seeds.size());
    text += fmt::format("{:<9} {:>7} {:>8} {:>8} {:>8} {:>8} {:>7} {:>10}  {}\n", name,
                        seeds[0].shapes, percent(over_seeds(seeds, &ChoiceScore::regret_total)),
                        percent(over_seeds(seeds, &ChoiceScore::regret_geomean)),
                        percent(over_seeds(seeds, &ChoiceScore::regret_p95)),
                        percent(over_seeds(seeds, &ChoiceScore::regret_max)), percent(top1),
                        percent(over_seeds(seeds, &ChoiceScore::gain_over_fixed)), fixed);
  };
  for (const KindChoice& choice : result.choices) row(choice.kind, choice.seeds, choice.best_fixed);
  row("all", result.choice, "of each kind its own");
  return text;
}

}  // namespace

std::string as_text(const Report& report) {
  const StudyResult& result = report.study;
  const OverCombinations over = over_combinations(result);
  std::string text = fmt::format(
      "NN+C on {}, threads 1 to {}, {} combinations of kind, variant and resource\n"
      "measuring {:.0f} s (stated beforehand {:.0f} s), all of it {:.0f} s; seeds {} from {}\n\n",
      report.device, report.max_threads, result.combinations.size(), report.measured.spent_s,
      report.measured.expected_s, report.took_s, report.options.seeds, report.options.seed);
  text += published_table(result);
  text += honest_table(result, report.options);
  text += decade_table(result);
  text += choice_table(result);
  text += "\nnn-c against the others, combinations won/tied/lost (four of five seeds decide)\n";
  text += verdict_line("  honest, MdRAE  ", result.honest_verdicts);
  text += verdict_line("  as published   ", result.published_verdicts);
  text += fmt::format(
      "\nDesigns: one run of the training points takes {:.2f} s uniform, {:.2f} s log; the "
      "table's\n"
      "honest columns use {}, the last one the other; medians {} % and {} %\n",
      result.design_cost.uniform_s, result.design_cost.log_s, to_string(report.options.design),
      percent(over.mdrae), percent(over.other_design_mdrae));
  text += fmt::format(
      "\n{:<58} {:>8} {:>8}\n{:<58} {:>8} {:>8}\n{:<58} {:>8} {:>8}\n{:<58} {:>8} {:>8}\n"
      "{:<58} {:>8} {:>8}\n{:<58} {:>8} {:>8}\n{:<58} {:>8} {:>8}\n{:<58} {:>8} {:>8}\n"
      "{:<58} {:>8} {:>8}\n{:<58} {:>8} {:>8}\n{:<58} {:>8} {:>8}\n",
      "figure, percent", "ours", "goal", "as published: mean MAPE over combinations",
      percent(over.published_mape), "<= 3", "  honest but for the 30 % left out",
      percent(over.dropped_only_mape), "", "  the published network on raw seconds",
      percent(over.published_paper_net_mape), "", "honest: median MdRAE", percent(over.mdrae),
      "<= 4", "  its noise floor", percent(over.noise), "", "honest: median MAPE",
      percent(over.mape), "<= 7", "every size beyond the trained: median MdRAE",
      percent(over.beyond_mdrae), "<= 12", "better than cons, share of combinations",
      percent(over.beats_cons), ">= 90", "better than lr-c, share of combinations",
      percent(over.beats_lr), ">= 90", "choice: total regret",
      percent(over_seeds(result.choice, &ChoiceScore::regret_total)), "<= 1.5");
  for (const std::string& line : result.left_out) text += "left out: " + line + "\n";
  for (const std::string& line : report.measured.warnings) text += "warning: " + line + "\n";
  return text;
}

}  // namespace kernwise::nnc
