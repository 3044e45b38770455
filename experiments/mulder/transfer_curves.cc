// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "kernwise/base/statistics.h"
#include "study.h"

namespace kernwise::mulder {
namespace {

constexpr double kRunsPerMeasurement = 25;  // as the published protocol has it
constexpr int64_t kManyRows = 300;          // with more a fit takes seconds: fewer draws

struct Method {
  std::string name;
  TransferMethod method;
  bool chosen = false;  // samples chosen actively, else drawn at random
  bool costly = false;
};

// The default first. Everything about it was fixed on validation groups of other seeds.
const std::vector<Method> kMethods = {
    {"residual-chosen", TransferMethod::kResidual, true, false},
    {"residual", TransferMethod::kResidual, false, false},
    {"factor", TransferMethod::kFactor, false, false},
    {"factor-shrunk", TransferMethod::kFactorShrunk, false, false},
    {"fine-tune", TransferMethod::kFineTune, false, true},
    {"scratch", TransferMethod::kScratch, false, true},
    {"as-is", TransferMethod::kAsIs, false, false}};

Quantiles quantiles(const std::vector<double>& values) {
  return {median(values), quantile(values, 0.1), quantile(values, 0.9)};
}

struct Draw {
  Scores scores;
  double coverage = 0, cost_s = 0;
};

Result<Draw> one_draw(const Method& method, const PerformanceModel& source, const Samples& pool,
                      const Samples& test, const Formats& formats, int64_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<int64_t> rows;
  if (method.chosen) {
    // Half of the pool may be measured: draws differ by more than ties.
    const Split half = split_by_row(pool.rows(), 0.5, 0, rng);
    const Samples candidates = subset(pool, half.train);
    for (const int64_t row : choose_samples(source, candidates, count, rng)) {
      rows.push_back(half.train[static_cast<std::size_t>(row)]);
    }
  } else {
    std::vector<int64_t> all;
    for (int64_t i = 0; i < pool.rows(); ++i) all.push_back(i);
    for (int64_t i = 0; i < count; ++i) {
      std::swap(all[static_cast<std::size_t>(i)],
                all[static_cast<std::size_t>(rng.integer(i, pool.rows() - 1))]);
    }
    rows.assign(all.begin(), all.begin() + count);
  }
  const Samples samples = subset(pool, rows);
  TransferOptions options;
  options.method = method.method;
  for (const std::string& name : source.outputs()) {
    const auto family = formats.family.find(name);
    options.families.push_back(family == formats.family.end() ? name : family->second);
  }
  KERNWISE_ASSIGN(const PerformanceModel model, transfer(source, samples, options, rng));
  Draw draw;
  const Samples judged = with_outputs(test, model.outputs());
  draw.scores = score(model.predict_logs(judged), judged);
  draw.coverage = interval_coverage(model, judged);
  for (const double log : samples.y) {
    if (!std::isnan(log)) draw.cost_s += kRunsPerMeasurement * std::exp(log);
  }
  return draw;
}

}  // namespace

Result<std::vector<TransferResult>> transfer_curves(const PerformanceModel& source,
                                                    const PerformanceModel& source_network,
                                                    const Samples& pool, const Samples& test,
                                                    const Formats& formats, const Options& options,
                                                    const Say& say) {
  std::vector<TransferResult> results;
  for (const Method& method : kMethods) {
    const bool as_is = method.method == TransferMethod::kAsIs;
    for (const double fraction : options.fractions) {
      const auto count = std::clamp<int64_t>(
          std::llround(fraction * static_cast<double>(pool.rows())), 1, pool.rows() / 2);
      // From fewer rows there is nothing to learn from nothing.
      if (method.method == TransferMethod::kScratch && count < 20) continue;
      const bool solves = method.method == TransferMethod::kResidual;
      const bool costly = method.costly || (solves && count > kManyRows);
      const int draws = as_is ? 1 : costly ? std::max(1, (options.draws + 2) / 3) : options.draws;
      const PerformanceModel& from =
          method.method == TransferMethod::kFineTune ? source_network : source;
      std::vector<std::optional<Result<Draw>>> made(static_cast<std::size_t>(draws));
      in_parallel(draws, options.threads, [&](int i) {
        made[static_cast<std::size_t>(i)] =
            one_draw(method, from, pool, test, formats, count,
                     options.seed * 1000003 + static_cast<uint64_t>(i));
      });
      std::vector<double> regrets, errors, coverages, costs;
      for (const auto& draw : made) {
        if (!draw->ok()) return draw->error();
        regrets.push_back((*draw)->scores.regret_total);
        errors.push_back((*draw)->scores.mdrae);
        coverages.push_back((*draw)->coverage);
        costs.push_back((*draw)->cost_s);
      }
      results.push_back({method.name, method.name == kMethods[0].name, as_is ? 0 : fraction,
                         as_is ? 0 : count, draws, quantiles(regrets), quantiles(errors),
                         quantiles(coverages), quantiles(costs)});
      say(fmt::format("transfer {} {:g} %: regret {:.2f} %, MdRAE {:.2f} %", method.name,
                      100 * fraction, 100 * results.back().regret_total.median,
                      100 * results.back().mdrae.median));
      if (as_is) break;
    }
  }
  return results;
}

}  // namespace kernwise::mulder
