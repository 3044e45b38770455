// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>

#include "../parallel.h"
#include "judge.h"
#include "kernwise/base/statistics.h"

namespace kernwise::nnc {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// A generator of its own for each piece of work, whatever the order.
Rng rng_for(uint64_t seed, uint64_t a, uint64_t b) {
  return Rng(seed * 0x9E3779B97F4A7C15ULL + a * 1000003 + b);
}

void append(std::vector<double>& to, const std::vector<double>& from) {
  to.insert(to.end(), from.begin(), from.end());
}
void append(PerSeed& to, const PerSeed& from) {
  append(to.mdrae, from.mdrae);
  append(to.mape, from.mape);
}

void append(CombinationResult& to, const CombinationResult& from) {
  for (const auto& [m, values] : from.published_log) append(to.published_log[m], values);
  for (const auto& [m, values] : from.published_seconds) append(to.published_seconds[m], values);
  for (const auto& [m, values] : from.honest) append(to.honest[m], values);
  for (const auto& [m, values] : from.extrapolated) append(to.extrapolated[m], values);
  for (const auto& [m, values] : from.extrapolated_beyond) {
    append(to.extrapolated_beyond[m], values);
  }
  append(to.published_paper_net, from.published_paper_net);
  append(to.dropped_only, from.dropped_only);
  append(to.other_design, from.other_design);
  if (to.decades.empty()) to.decades = from.decades;
  to.train_rows = from.train_rows;
  to.test_rows = from.test_rows;
  to.extrapolation_train_rows = from.extrapolation_train_rows;
  to.extrapolation_test_rows = from.extrapolation_test_rows;
  to.beyond_test_rows = from.beyond_test_rows;
}

void noise_of(const Combination& c, CombinationResult& to) {
  std::vector<double> apart;
  for (std::size_t i = 0; i < c.time_s.size(); ++i) {
    if (!std::isnan(c.again_s[i])) apart.push_back(std::abs(c.again_s[i] / c.time_s[i] - 1));
  }
  to.noise_rows = static_cast<int64_t>(apart.size());
  to.noise_mdrae = apart.empty() ? kNan : median(std::move(apart));
}

Verdicts verdicts(const std::vector<CombinationResult>& all, auto series_of, Model rival) {
  Verdicts result;
  for (const CombinationResult& c : all) {
    const int verdict = paired_verdict(series_of(c, Model::kNnC), series_of(c, rival));
    ++(verdict > 0 ? result.win : verdict < 0 ? result.loss : result.tie);
  }
  return result;
}

ChoiceScore choose(const KindData& kind, const std::vector<const Combination*>& candidates,
                   const std::vector<const SeedResult*>& parts) {
  std::map<int64_t, std::size_t> place;
  for (const SeedResult* part : parts) {
    for (const int64_t shape : part->test_shapes) place.emplace(shape, 0);
  }
  std::size_t next = 0;
  for (auto& [shape, at] : place) at = next++;
  const std::size_t width = candidates.size();
  std::vector<double> predicted(place.size() * width, kNan), measured(place.size() * width, kNan);
  for (std::size_t c = 0; c < width; ++c) {
    std::vector<double> time(kind.points.size(), kNan);
    for (std::size_t row = 0; row < candidates[c]->time_s.size(); ++row) {
      time[static_cast<std::size_t>(candidates[c]->shape[row])] = candidates[c]->time_s[row];
    }
    for (std::size_t i = 0; i < parts[c]->test_shapes.size(); ++i) {
      const int64_t shape = parts[c]->test_shapes[i];
      const std::size_t at = place.at(shape) * width + c;
      predicted[at] = parts[c]->predicted[i];
      measured[at] = time[static_cast<std::size_t>(shape)];
    }
  }
  return judge_choice(predicted, measured, width);
}

}  // namespace

double mean_of(const std::vector<double>& values) {
  if (values.empty()) return kNan;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Result<StudyResult> run_study(const std::vector<KindData>& kinds, const StudyOptions& options,
                              const Say& say) {
  struct Task {
    std::size_t kind, combination;
    int seed;
  };
  const auto seeds = static_cast<std::size_t>(options.seeds);
  StudyResult result;
  std::vector<std::vector<ShapeSplit>> splits(kinds.size());
  std::vector<Task> tasks;
  std::vector<std::vector<std::size_t>> members(kinds.size());  // combinations that are judged
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    for (std::size_t s = 0; s < seeds; ++s) {
      splits[k].push_back(split_shapes(kinds[k], options, rng_for(options.seed + s, k, 7)));
    }
    for (std::size_t c = 0; c < kinds[k].combinations.size(); ++c) {
      const Combination& each = kinds[k].combinations[c];
      const auto train = rows_in(each, splits[k][0].train).size();
      if (static_cast<int64_t>(train) < kFewest) {
        result.left_out.push_back(
            fmt::format("{}: {} points, {} of them to train on; {} are needed", each.name(),
                        each.rows(), train, kFewest));
        continue;
      }
      members[k].push_back(c);
      for (int s = 0; s < options.seeds; ++s) tasks.push_back({k, c, s});
    }
  }
  std::vector<std::optional<Result<SeedResult>>> parts(tasks.size());
  std::mutex talk;
  std::size_t done = 0;
  experiments::in_parallel(static_cast<int>(tasks.size()), options.threads, [&](int i) {
    const Task& task = tasks[static_cast<std::size_t>(i)];
    const KindData& kind = kinds[task.kind];
    const auto s = static_cast<std::size_t>(task.seed);
    parts[static_cast<std::size_t>(i)] =
        judge(kind, kind.combinations[task.combination], splits[task.kind][s], options, task.seed,
              rng_for(options.seed + s, task.kind + 11, task.combination));
    const std::lock_guard lock(talk);
    if (++done % seeds == 0) {
      say(fmt::format("trained {} of {} combinations", done / seeds, tasks.size() / seeds));
    }
  });
  for (const auto& part : parts) {
    if (!part->ok()) return part->error();
  }
  std::vector<std::vector<ChoiceScore>> by_seed(seeds);
  std::size_t at = 0;
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    if (members[k].empty()) continue;
    const std::size_t first = at;
    std::vector<const Combination*> candidates;
    for (const std::size_t c : members[k]) {
      const Combination& each = kinds[k].combinations[c];
      candidates.push_back(&each);
      CombinationResult row;
      row.kind = each.kind, row.variant = each.variant, row.resource = each.resource;
      row.rows = each.rows();
      noise_of(each, row);
      for (std::size_t s = 0; s < seeds; ++s) append(row, (**parts[at++]).part);
      result.combinations.push_back(std::move(row));
      for (const int64_t r : rows_in(each, splits[k][0].train)) {
        result.design_cost.uniform_s += each.time_s[static_cast<std::size_t>(r)];
      }
      for (const int64_t r : rows_in(each, splits[k][0].log_train)) {
        result.design_cost.log_s += each.time_s[static_cast<std::size_t>(r)];
      }
    }
    KindChoice choice{kinds[k].kind, {}, {}};
    for (std::size_t s = 0; s < seeds; ++s) {
      std::vector<const SeedResult*> of_seed;
      for (std::size_t c = 0; c < candidates.size(); ++c) {
        of_seed.push_back(&**parts[first + c * seeds + s]);
      }
      choice.seeds.push_back(choose(kinds[k], candidates, of_seed));
      by_seed[s].push_back(choice.seeds.back());
    }
    if (choice.seeds[0].fixed >= 0) {
      const Combination& fixed = *candidates[static_cast<std::size_t>(choice.seeds[0].fixed)];
      choice.best_fixed = fixed.variant + " " + fixed.resource;
    }
    result.choices.push_back(std::move(choice));
  }
  for (const auto& each : by_seed) result.choice.push_back(joined(each));
  for (const Model rival : kModels) {
    if (rival == Model::kNnC) continue;
    result.honest_verdicts[rival] = verdicts(
        result.combinations,
        [](const CombinationResult& c, Model m) { return c.honest.at(m).mdrae; }, rival);
    result.published_verdicts[rival] = verdicts(
        result.combinations,
        [](const CombinationResult& c, Model m) { return c.published_log.at(m); }, rival);
  }
  return result;
}

}  // namespace kernwise::nnc
