// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "fits.h"

#include <algorithm>
#include <set>
#include <vector>

#include "../parallel.h"
#include "kernwise/footprint/fit_limit.h"
#include "split.h"

namespace kernwise::perf4sight {
namespace {

// What each training row would demand, by a model that has not seen its network: a limit learnt
// from a model's answers on its own rows would be too sure of itself. Of one network only, its own.
Result<std::vector<FitOutcome>> held_out_outcomes(const Tables& tables, const Rows& train,
                                                  Predict predict, Rng& rng) {
  std::set<int> networks;
  for (const Row* row : train) networks.insert(row->network);
  std::vector<FitOutcome> outcomes;
  for (const int held_out : networks) {
    Rows rest, rows;
    for (const Row* row : train) (row->network == held_out ? rows : rest).push_back(row);
    const Rows& seen = any_passed(rest) ? rest : train;
    KERNWISE_ASSIGN(const std::vector<Predicted> predicted,
                    predict(tables, seen, rows, FootprintTarget::kUsed, rng));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      outcomes.push_back({predicted[i].demand, rows[i]->passed});
    }
  }
  return outcomes;
}

// Whether rows of a network fit, by a model and a limit learnt from the rows of the others.
Result<FitsJudged> judge_fits_of(const Tables& tables, int network, Predict predict,
                                 const Options& options, Rng& rng) {
  FitsJudged judged;
  Rows train, test;
  for (const Row& row : tables.memory) (row.network == network ? test : train).push_back(&row);
  const bool failures =
      std::any_of(train.begin(), train.end(), [](const Row* row) { return !row->passed; });
  if (!any_passed(train) || !failures) return judged;
  KERNWISE_ASSIGN(const std::vector<Predicted> predicted,
                  predict(tables, train, test, FootprintTarget::kUsed, rng));
  KERNWISE_ASSIGN(const std::vector<FitOutcome> outcomes,
                  held_out_outcomes(tables, train, predict, rng));
  KERNWISE_ASSIGN(const double limit, learn_fit_limit(outcomes, options.false_fits));
  for (std::size_t i = 0; i < test.size(); ++i) {
    const bool fits = predicted[i].demand <= (1 - options.margin) * limit;
    const bool passed = test[i]->passed;
    ++judged.rows;
    judged.failed += passed ? 0 : 1;
    judged.right += fits == passed ? 1 : 0;
    judged.false_fits += fits && !passed ? 1 : 0;
    judged.false_rejects += !fits && passed ? 1 : 0;
  }
  return judged;
}

}  // namespace

Result<FitsJudged> judge_fits(const Tables& tables, Predict predict, const Options& options) {
  const auto networks = static_cast<int>(tables.networks.size());
  std::vector<Result<FitsJudged>> parts(static_cast<std::size_t>(networks * options.seeds),
                                        Result<FitsJudged>(FitsJudged()));
  experiments::in_parallel(networks * options.seeds, options.threads, [&](int i) {
    Rng rng(options.seed + static_cast<uint64_t>(i / networks));
    parts[static_cast<std::size_t>(i)] = judge_fits_of(tables, i % networks, predict, options, rng);
  });
  FitsJudged judged;  // sums over networks and seeds; counts are cut to the first seed at the end
  FitsJudged first;
  for (int i = 0; i < networks * options.seeds; ++i) {
    const Result<FitsJudged>& part = parts[static_cast<std::size_t>(i)];
    if (!part.ok()) return part.error();
    for (FitsJudged* to : {&judged, &first}) {
      if (to == &first && i >= networks) continue;
      to->rows += part->rows;
      to->failed += part->failed;
      to->right += part->right;
      to->false_fits += part->false_fits;
      to->false_rejects += part->false_rejects;
    }
  }
  const auto share = [](int64_t part, int64_t of) {
    return of == 0 ? 0 : static_cast<double>(part) / static_cast<double>(of);
  };
  first.accuracy = share(judged.right, judged.rows);
  first.false_fit = share(judged.false_fits, judged.failed);
  first.false_reject = share(judged.false_rejects, judged.rows - judged.failed);
  return first;
}

}  // namespace kernwise::perf4sight
