// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// miopen DATA_DIR: choosing the solver of a GPU's convolutions by a model of another GPU and a small
// share of the own measurements, on the find databases that AMD publishes with MIOpen.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "../program.h"
#include "kernwise/base/statistics.h"
#include "kernwise/learn/metrics.h"
#include "kernwise/learn/transfer.h"
#include "tables.h"

namespace kernwise::miopen {
namespace {

using experiments::failed;

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string folder, source, target;
  double fraction = 0.01;
  double held_out = 0.2;
  int draws = 10, trees = 150;
  uint64_t seed = 1;
};

// Regret over the problems that leave a choice, and how often the fastest was chosen.
struct Judged {
  double regret_total = 0, regret_geomean = 0, regret_p95 = 0, top1 = 0;
  int64_t problems = 0;
};

Judged judge(const std::vector<double>& predicted, const Samples& truth) {
  const Scores s = score(predicted, truth);
  return {s.regret_total, s.regret_geomean, s.regret_p95, s.top1, s.rows};
}

// Always the solver that was best in total over the training problems of the same kind (direction,
// type, layout), of those measured for the problem at hand.
Judged best_fixed(const Gpu& target, const Problems& problems, const std::vector<int64_t>& train,
                  const std::vector<int64_t>& test) {
  // Per kind and solver: how far behind the best, in the mean of logarithms.
  std::map<std::string, std::vector<std::pair<double, double>>> behind;
  const std::size_t width = target.samples.outputs.size();
  const auto kind_of = [&](int64_t row) {
    return problems.kind[static_cast<std::size_t>(target.problem[static_cast<std::size_t>(row)])];
  };
  for (const int64_t row : train) {
    const auto y = target.samples.targets(row);
    const int64_t best = best_output(y, y);
    if (best < 0) continue;
    auto& sums = behind[kind_of(row)];
    sums.resize(width);
    for (std::size_t p = 0; p < width; ++p) {
      if (std::isnan(y[p])) continue;
      sums[p].first += y[p] - y[static_cast<std::size_t>(best)];
      sums[p].second += 1;
    }
  }
  Samples truth = subset(target.samples, test);
  std::vector<double> rank(truth.y.size(), std::nan(""));
  for (std::size_t i = 0; i < test.size(); ++i) {
    const auto found = behind.find(kind_of(test[i]));
    if (found == behind.end()) continue;
    for (std::size_t p = 0; p < width; ++p) {
      const auto [sum, count] = found->second[p];
      if (count > 0) rank[i * width + p] = sum / count;
    }
  }
  return judge(rank, truth);
}

// What the source GPU measured for the same problem decides, where it did.
Judged source_winner(const Gpu& source, const Gpu& target, const std::vector<int64_t>& test) {
  std::unordered_map<int64_t, int64_t> row_of;
  for (std::size_t row = 0; row < source.problem.size(); ++row) {
    row_of[source.problem[row]] = static_cast<int64_t>(row);
  }
  std::vector<int64_t> common;
  std::vector<double> rank;
  for (const int64_t row : test) {
    const auto found = row_of.find(target.problem[static_cast<std::size_t>(row)]);
    if (found == row_of.end()) continue;
    const auto y = source.samples.targets(found->second);
    if (best_output(y, target.samples.targets(row)) < 0) continue;
    common.push_back(row);
    rank.insert(rank.end(), y.begin(), y.end());
  }
  return judge(rank, subset(target.samples, common));
}

// Models learn the time of one operation: where a tree cannot follow to larger problems than it has
// seen, it then goes on at the same rate instead of at the same time.
Samples of_one_operation(const Gpu& gpu, const Problems& problems,
                         const std::vector<int64_t>& rows) {
  Samples samples = subset(gpu.samples, rows);
  for (std::size_t i = 0; i < samples.y.size(); ++i) {
    const auto row = static_cast<std::size_t>(rows[i / samples.outputs.size()]);
    samples.y[i] -= std::log(problems.flops[static_cast<std::size_t>(gpu.problem[row])]);
  }
  return samples;
}

// Regret is the same whether all times of a problem are of the whole or of one operation, but not
// when they are added up over problems.
Judged judge_model(const PerformanceModel& model, const Gpu& gpu, const Problems& problems,
                   const std::vector<int64_t>& rows, const Samples& truth) {
  std::vector<double> logs = model.predict_logs(truth);
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const auto row = static_cast<std::size_t>(rows[i / truth.outputs.size()]);
    logs[i] += std::log(problems.flops[static_cast<std::size_t>(gpu.problem[row])]);
  }
  return judge(logs, truth);
}

struct Row {
  std::string name;
  std::vector<Judged> draws;
};

double middle(const std::vector<Judged>& draws, double Judged::*field, double at = 0.5) {
  std::vector<double> values;
  for (const Judged& draw : draws) values.push_back(draw.*field);
  return quantile(values, at);
}

Result<std::vector<Row>> study(const Options& options, Json& facts, const auto& say) {
  KERNWISE_ASSIGN(const Problems problems, read_problems(options.folder));
  KERNWISE_ASSIGN(const Solvers solvers, read_solvers(options.folder));
  KERNWISE_ASSIGN(const Gpu source, read_gpu(options.folder, options.source, problems, solvers));
  KERNWISE_ASSIGN(const Gpu target, read_gpu(options.folder, options.target, problems, solvers));
  for (const Gpu* gpu : {&source, &target}) {
    facts["gpus"].push_back({{"name", gpu->name},
                             {"problems", gpu->samples.rows()},
                             {"dropped_slow", gpu->dropped_slow},
                             {"dropped_impossible", gpu->dropped_impossible}});
    say(fmt::format("{}: {} problems, {} entries over {} s and {} of impossible rates left out",
                    gpu->name, gpu->samples.rows(), gpu->dropped_slow, kSlowest,
                    gpu->dropped_impossible));
  }
  // Groups are held out on both sides: the source model has not seen the test problems either.
  Rng rng(options.seed);
  const Split split = split_by_group(target.samples.group, 0, options.held_out, rng);
  std::vector<uint8_t> tested(problems.group.size(), 0);
  for (const int64_t row : split.test) {
    tested[static_cast<std::size_t>(target.samples.group[static_cast<std::size_t>(row)])] = 1;
  }
  std::vector<int64_t> source_rows;
  for (int64_t row = 0; row < source.samples.rows(); ++row) {
    if (!tested[static_cast<std::size_t>(source.samples.group[static_cast<std::size_t>(row)])]) {
      source_rows.push_back(row);
    }
  }
  std::vector<int64_t> test;
  for (const int64_t row : split.test) {
    const auto y = target.samples.targets(row);
    if (std::count_if(y.begin(), y.end(), [](double v) { return !std::isnan(v); }) > 1) {
      test.push_back(row);
    }
  }
  const Samples truth = subset(target.samples, test);
  const auto start = Clock::now();
  FitOptions fit;
  fit.trees = options.trees;
  KERNWISE_ASSIGN(const PerformanceModel of_source,
                  PerformanceModel::fit(RegressorKind::kBoostedTrees,
                                        of_one_operation(source, problems, source_rows), fit, rng));
  facts["train_s"] = std::chrono::duration<double>(Clock::now() - start).count();
  say(fmt::format("model of {} trained", source.name));

  std::vector<Row> rows;
  rows.push_back({"best fixed solver of the kind (target's training problems)",
                  {best_fixed(target, problems, split.train, test)}});
  rows.push_back({"source's winner (where the source has the problem)",
                  {source_winner(source, target, test)}});
  rows.push_back({"as-is", {judge_model(of_source, target, problems, test, truth)}});
  Row scratch{"scratch", {}}, factor{"factor", {}}, residual{"residual (default)", {}};
  const auto count = std::max<int64_t>(
      1, std::llround(options.fraction * static_cast<double>(split.train.size())));
  facts["samples"] = count;
  facts["test_problems"] = truth.rows();
  for (int draw = 0; draw < options.draws; ++draw) {
    Rng own(options.seed * 1000003 + static_cast<uint64_t>(draw));
    std::vector<int64_t> pool = split.train;
    for (int64_t i = 0; i < count; ++i) {
      std::swap(
          pool[static_cast<std::size_t>(i)],
          pool[static_cast<std::size_t>(own.integer(i, static_cast<int64_t>(pool.size()) - 1))]);
    }
    pool.resize(static_cast<std::size_t>(count));
    const Samples samples = of_one_operation(target, problems, pool);
    for (auto [row, method] : {std::pair(&factor, TransferMethod::kFactor),
                               std::pair(&residual, TransferMethod::kResidual)}) {
      TransferOptions transfer_options;
      transfer_options.method = method;
      transfer_options.families = solvers.algorithm;
      KERNWISE_ASSIGN(const PerformanceModel model,
                      transfer(of_source, samples, transfer_options, own));
      row->draws.push_back(judge_model(model, target, problems, test, truth));
    }
    KERNWISE_ASSIGN(const PerformanceModel alone,
                    PerformanceModel::fit(RegressorKind::kBoostedTrees, samples, fit, own));
    scratch.draws.push_back(judge_model(alone, target, problems, test, truth));
    say(fmt::format("draw {}: factor {:.2f} %, residual {:.2f} %, scratch {:.2f} %", draw + 1,
                    100 * factor.draws.back().regret_total,
                    100 * residual.draws.back().regret_total,
                    100 * scratch.draws.back().regret_total));
  }
  rows.push_back(std::move(scratch));
  rows.push_back(std::move(factor));
  rows.push_back(std::move(residual));
  return rows;
}

Json as_json(const std::vector<Row>& rows) {
  Json list = Json::array();
  for (const Row& row : rows) {
    Json one = {{"method", row.name},
                {"default", row.name.find("default") != std::string::npos},
                {"draws", row.draws.size()},
                {"problems", row.draws.front().problems}};
    for (const auto& [key, field] : {std::pair("regret_total_percent", &Judged::regret_total),
                                     std::pair("regret_geomean_percent", &Judged::regret_geomean),
                                     std::pair("regret_p95_percent", &Judged::regret_p95),
                                     std::pair("top1_percent", &Judged::top1)}) {
      one[key] = {{"median", 100 * middle(row.draws, field)},
                  {"p10", 100 * middle(row.draws, field, 0.1)},
                  {"p90", 100 * middle(row.draws, field, 0.9)}};
    }
    list.push_back(std::move(one));
  }
  return list;
}

std::string as_text(const std::vector<Row>& rows) {
  std::string text = fmt::format("{:<60} {:>16} {:>9} {:>8} {:>7}\n", "method", "regret [p10,p90]",
                                 "geomean", "p95", "top-1");
  for (const Row& row : rows) {
    text += fmt::format("{:<60} {:>5.2f} [{:.2f},{:.2f}] {:>8.2f}% {:>7.1f}% {:>6.1f}%\n", row.name,
                        100 * middle(row.draws, &Judged::regret_total),
                        100 * middle(row.draws, &Judged::regret_total, 0.1),
                        100 * middle(row.draws, &Judged::regret_total, 0.9),
                        100 * middle(row.draws, &Judged::regret_geomean),
                        100 * middle(row.draws, &Judged::regret_p95),
                        100 * middle(row.draws, &Judged::top1));
  }
  return text +
         "published, another task: AMD's own selector had 90.9 % top-1 on one of these GPUs;\n"
         "its selector for a later GPU a regret of 0.54 %, trained on that GPU's data\n";
}

int run(int argc, char** argv) {
  Options options;
  bool json = false, quiet = false;
  CLI::App app("Choosing a GPU's convolution solvers by a model of another GPU");
  app.add_option("DATA_DIR", options.folder, "folder with problems, solvers and times_GPU tables")
      ->required();
  app.add_option("--source", options.source, "GPU that is fully measured (the first there)");
  app.add_option("--target", options.target, "GPU to carry the model to (the second there)");
  app.add_option("--fraction", options.fraction, "share of the target's training problems")
      ->check(CLI::Range(1e-6, 1.0));
  app.add_option("--draws", options.draws, "sample draws")->check(CLI::Range(1, 1000));
  app.add_option("--trees", options.trees, "trees for each solver")->check(CLI::Range(1, 10000));
  app.add_option("--seed", options.seed, "of split, models and draws");
  app.add_flag("--json", json, "JSON on standard output");
  app.add_flag("-q,--quiet", quiet, "no progress on standard error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  const Result<std::vector<std::string>> there = gpus_in(options.folder);
  if (!there.ok()) return failed(there.error());
  for (auto [name, which] : {std::pair(&options.source, 0U), std::pair(&options.target, 1U)}) {
    if (name->empty() && there->size() > which) *name = (*there)[which];
    if (std::ranges::find(*there, *name) == there->end()) {
      return failed(invalid_input(fmt::format("there are no times of the GPU '{}'", *name),
                                  fmt::format("the folder has: {}", fmt::join(*there, ", "))));
    }
  }
  const auto say = [&](const std::string& line) {
    if (!quiet) fmt::print(stderr, "{:6.0f} s  {}\n", elapsed(), line);
  };
  Json facts = {{"schema", "kernwise.experiment.miopen/1"},
                {"options",
                 {{"source", options.source},
                  {"target", options.target},
                  {"fraction", options.fraction},
                  {"draws", options.draws},
                  {"trees", options.trees},
                  {"seed", options.seed}}},
                {"gpus", Json::array()}};
  const Result<std::vector<Row>> rows = study(options, facts, say);
  if (!rows.ok()) return failed(rows.error());
  facts["elapsed_s"] = elapsed();
  facts["result"] = {{"methods", as_json(*rows)}};
  fmt::print("{}",
             json ? facts.dump(2) + "\n"
                  : fmt::format("{} to {}, {} samples of the target, {} test problems, "
                                "{:.0f} s\n\n{}",
                                options.source, options.target, facts["samples"].get<int64_t>(),
                                facts["test_problems"].get<int64_t>(), elapsed(), as_text(*rows)));
  return 0;
}

}  // namespace
}  // namespace kernwise::miopen

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::miopen::run, argc, argv);
}
