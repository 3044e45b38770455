// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "judge.h"

#include <algorithm>

namespace kernwise::nnc {
namespace {

void shuffle(std::vector<int64_t>& values, Rng& rng) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1],
              values[static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(i) - 1))]);
  }
}

void add(PerSeed& to, const Errors& errors) {
  to.mdrae.push_back(errors.mdrae);
  to.mape.push_back(errors.mape);
}

}  // namespace

ShapeSplit split_shapes(const KindData& kind, const StudyOptions& options, Rng rng) {
  std::vector<int64_t> uniform, log, small;
  ShapeSplit split;
  for (std::size_t i = 0; i < kind.points.size(); ++i) {
    const auto shape = static_cast<int64_t>(i);
    const Point& point = kind.points[i];
    (point.design == Design::kUniform ? uniform : log).push_back(shape);
    if (point.largest <= options.extrapolation_limit) {
      small.push_back(shape);
    } else {
      split.extrapolation_test.insert(shape);
    }
  }
  shuffle(uniform, rng);
  shuffle(log, rng);
  shuffle(small, rng);
  const auto take = [&](const std::vector<int64_t>& from, std::size_t most) {
    return std::set<int64_t>(
        from.begin(), from.begin() + static_cast<std::ptrdiff_t>(std::min(most, from.size())));
  };
  const auto wanted = static_cast<std::size_t>(options.train);
  split.train = take(uniform, std::min(wanted, uniform.size() * 5 / 8));
  split.test.insert(uniform.begin(), uniform.end());
  for (const int64_t shape : split.train) split.test.erase(shape);
  split.log_train = take(log, wanted);
  split.extrapolation_train = take(small, wanted);
  return split;
}

std::vector<int64_t> rows_in(const Combination& combination, const std::set<int64_t>& shapes) {
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < combination.rows(); ++row) {
    if (shapes.contains(combination.shape[static_cast<std::size_t>(row)])) rows.push_back(row);
  }
  return rows;
}

Result<SeedResult> judge(const KindData& kind, const Combination& c, const ShapeSplit& shapes,
                         const StudyOptions& options, int seed, Rng rng) {
  SeedResult result;
  CombinationResult& out = result.part;
  const SplitRows uniform{rows_in(c, shapes.train), rows_in(c, shapes.test)};
  const SplitRows log{rows_in(c, shapes.log_train), uniform.test};
  const bool log_first = options.design == Design::kLog;
  const SplitRows& chosen = log_first ? log : uniform;
  const SplitRows& other = log_first ? uniform : log;
  const ModelOptions model{Target::kLogSeconds, options.restarts};
  out.train_rows = static_cast<int64_t>(chosen.train.size());
  out.test_rows = static_cast<int64_t>(chosen.test.size());
  for (const Model m : kModels) {
    KERNWISE_ASSIGN(const HonestResult honest_result, honest(m, c, chosen, model, rng));
    add(out.honest[m], honest_result.errors);
    if (m != Model::kNnC) continue;
    out.dropped_only = {honest_result.mape_without_smallest};
    out.decades = honest_result.errors.decades;
    result.predicted = honest_result.predicted;
    for (const int64_t row : chosen.test) {
      result.test_shapes.push_back(c.shape[static_cast<std::size_t>(row)]);
    }
  }
  if (!other.train.empty()) {
    KERNWISE_ASSIGN(const HonestResult rival, honest(Model::kNnC, c, other, model, rng));
    add(out.other_design, rival.errors);
  }
  const SplitRows far{rows_in(c, shapes.extrapolation_train),
                      rows_in(c, shapes.extrapolation_test)};
  out.extrapolation_train_rows = static_cast<int64_t>(far.train.size());
  out.extrapolation_test_rows = static_cast<int64_t>(far.test.size());
  if (out.extrapolation_train_rows >= kFewest && !far.test.empty()) {
    for (const Model m : kModels) {
      KERNWISE_ASSIGN(const HonestResult beyond, honest(m, c, far, model, rng));
      add(out.extrapolated[m], beyond.errors);
      std::vector<double> predicted, actual;
      for (std::size_t i = 0; i < far.test.size(); ++i) {
        const auto shape = static_cast<std::size_t>(c.shape[static_cast<std::size_t>(far.test[i])]);
        if (kind.points[shape].smallest <= options.extrapolation_limit) continue;
        predicted.push_back(beyond.predicted[i]);
        actual.push_back(beyond.actual[i]);
      }
      out.beyond_test_rows = static_cast<int64_t>(actual.size());
      if (!actual.empty()) add(out.extrapolated_beyond[m], errors_of(predicted, actual));
    }
  }
  for (const Model m : kModels) {
    KERNWISE_ASSIGN(const double on_logs, published_mape(m, c, uniform, model, rng));
    out.published_log[m] = {on_logs};
    if (is_network(m)) continue;
    const ModelOptions raw{Target::kSeconds, options.restarts};
    KERNWISE_ASSIGN(const double on_seconds, published_mape(m, c, uniform, raw, rng));
    out.published_seconds[m] = {on_seconds};
  }
  if (options.paper_net && seed == 0) {
    // The published learning rates and steps (their scripts), by kind; on a CPU where both differ.
    const bool convolves = c.kind == "matconv" || c.kind == "pool";
    const PaperNetOptions net = convolves          ? PaperNetOptions{1e-2, 10000}
                                : c.kind == "gemm" ? PaperNetOptions{1e-4, 30000}
                                                   : PaperNetOptions{1e-3, 30000};
    out.published_paper_net = {published_paper_net_mape(c, uniform, net, rng)};
  }
  return result;
}

}  // namespace kernwise::nnc
