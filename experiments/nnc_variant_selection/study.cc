// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <set>

#include "../nnc/choice.h"
#include "../parallel.h"
#include "../rank_correlation.h"

namespace kernwise::nnc {
namespace {

// Whole configurations: rows that repeat one are never on both sides.
SplitRows draw_split(const Combination& data, int train, Rng& rng) {
  const std::set<int64_t> distinct(data.shape.begin(), data.shape.end());
  std::vector<int64_t> order(distinct.begin(), distinct.end());
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1],
              order[static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(i) - 1))]);
  }
  const std::size_t most = std::min(static_cast<std::size_t>(train), order.size() / 2);
  const std::set<int64_t> chosen(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most));
  SplitRows split;
  for (int64_t row = 0; row < data.rows(); ++row) {
    const bool trains = chosen.contains(data.shape[static_cast<std::size_t>(row)]);
    (trains ? split.train : split.test).push_back(row);
  }
  return split;
}

struct SizeSums {
  double chosen = 0, best = 0;
};

// One seed's predictions for all rows, added to the choices (one for each distinct size).
SizeSums add_choices(const ConfigurationTable& table, const SplitRows& split,
                     const std::vector<double>& predicted, double weight,
                     std::vector<SizeChoice>& to) {
  const std::set<int64_t> trained(split.train.begin(), split.train.end());
  const std::vector<double>& time = table.data.time_s;
  SizeSums sums;
  for (SizeChoice& choice : to) {
    std::size_t best = 0, chosen = 0;
    double seen = std::numeric_limits<double>::infinity(), least = seen, both = 0, worst = 0;
    std::vector<double> p, t;
    bool first = true;
    choice.configurations = 0;
    for (std::size_t row = 0; row < time.size(); ++row) {
      if (table.size[row] != choice.size) continue;
      ++choice.configurations;
      if (first || time[row] < time[best]) best = row;
      if (first || predicted[row] < predicted[chosen]) chosen = row;
      first = false;
      worst = std::max(worst, time[row]);
      const bool known = trained.contains(static_cast<int64_t>(row));
      if (known) seen = std::min(seen, time[row]);
      if (!known) p.push_back(predicted[row]), t.push_back(time[row]);
      const double belief = known ? time[row] : predicted[row];
      if (belief < least) least = belief, both = time[row];
    }
    // Nothing seen of a size: whatever is taken then may be the worst.
    if (seen == std::numeric_limits<double>::infinity()) seen = worst;
    choice.worst_over_best = worst / time[best];
    choice.regret += weight * (time[chosen] / time[best] - 1);
    choice.seen_regret += weight * (seen / time[best] - 1);
    choice.both_regret += weight * (both / time[best] - 1);
    choice.top1 += chosen == best ? weight : 0;
    choice.spearman += weight * experiments::rank_correlation(p, t);
    sums.chosen += time[chosen];
    sums.best += time[best];
  }
  return sums;
}

struct SeedPart {
  SplitRows split;
  std::map<Model, Errors> errors;
  std::map<Model, std::vector<double>> predicted;  // of all rows
};

Result<SeedPart> judge_seed(const ConfigurationTable& table, const TableOptions& options,
                            uint64_t seed) {
  Rng rng(seed);
  SeedPart part;
  part.split = draw_split(table.data, options.train, rng);
  SplitRows everything{part.split.train, {}};
  everything.test.resize(static_cast<std::size_t>(table.data.rows()));
  std::iota(everything.test.begin(), everything.test.end(), 0);
  const std::vector<double> actual = times_of(table.data, part.split.test);
  for (const Model m : kModels) {
    KERNWISE_ASSIGN(std::vector<double> all,
                    predict_times(m, table.data, everything.train, everything.test,
                                  {Target::kLogSeconds, options.restarts}, rng));
    std::vector<double> unseen;
    for (const int64_t row : part.split.test) unseen.push_back(all[static_cast<std::size_t>(row)]);
    part.errors[m] = errors_of(unseen, actual);
    part.predicted[m] = std::move(all);
  }
  return part;
}

Status judge_published(const ConfigurationTable& table, const TableOptions& options,
                       TableResult& result) {
  SplitRows split;
  result.published_train_rows =
      static_cast<int64_t>(options.published_share * static_cast<double>(table.data.rows()));
  for (int64_t row = 0; row < table.data.rows(); ++row) {
    (row < result.published_train_rows ? split.train : split.test).push_back(row);
  }
  Rng rng(options.seed);
  for (const Model m : kModels) {
    KERNWISE_ASSIGN(
        result.published_log[m],
        published_mape(m, table.data, split, {Target::kLogSeconds, options.restarts}, rng));
    if (is_network(m)) continue;
    KERNWISE_ASSIGN(
        result.published_seconds[m],
        published_mape(m, table.data, split, {Target::kSeconds, options.restarts}, rng));
  }
  result.published_paper_net = published_paper_net_mape(table.data, split, {}, rng);
  return Ok{};
}

}  // namespace

Result<TableResult> study_table(const ConfigurationTable& table, const TableOptions& options,
                                const Say& say) {
  TableResult result;
  result.name = table.name;
  result.rows = table.data.rows();
  const auto seeds = static_cast<std::size_t>(options.seeds);
  std::vector<std::optional<Result<SeedPart>>> parts(seeds);
  std::optional<Status> published;
  experiments::in_parallel(options.seeds + 1, options.threads, [&](int i) {
    if (i == 0) {
      published = judge_published(table, options, result);
    } else {
      const auto s = static_cast<std::size_t>(i - 1);
      parts[s] = judge_seed(table, options, options.seed + s);
    }
  });
  KERNWISE_TRY(*published);
  const std::set<double> sizes(table.size.begin(), table.size.end());
  for (const Model m : kModels) {
    std::vector<SizeChoice>& choices = result.choice[m];
    for (const double size : sizes) choices.push_back({size});
    SizeSums sums;
    for (const auto& part : parts) {
      if (!part->ok()) return part->error();
      const SeedPart& seed = **part;
      result.train_rows = static_cast<int64_t>(seed.split.train.size());
      result.honest[m].push_back(seed.errors.at(m));
      const SizeSums one = add_choices(table, seed.split, seed.predicted.at(m),
                                       1 / static_cast<double>(seeds), choices);
      sums.chosen += one.chosen;
      sums.best += one.best;
    }
    result.regret_total[m] = sums.chosen / sums.best - 1;
  }
  say(fmt::format("{}: {} rows done", table.name, table.data.rows()));
  return result;
}

}  // namespace kernwise::nnc
