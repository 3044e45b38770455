// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "protocols.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernwise/learn/model.h"

namespace kernwise::nnc {
namespace {

// `combination` with the test rows' inputs moved to the mean and deviation of the training rows'.
Combination with_own_scaling(const Combination& combination, const SplitRows& split,
                             Target target) {
  const auto inputs_of = [&](const std::vector<int64_t>& rows) {
    return samples_of(combination, rows, target, Complexity::kSeen).x;
  };
  const Standardizer train =
      Standardizer::fit(inputs_of(split.train), static_cast<int64_t>(combination.inputs()));
  std::vector<double> moved = inputs_of(split.test);
  rescale_to(moved, train.mean, train.deviation);
  Combination result = combination;
  for (std::size_t i = 0; i < split.test.size(); ++i) {
    for (std::size_t c = 0; c < combination.inputs(); ++c) {
      double& to = result.x[static_cast<std::size_t>(split.test[i]) * combination.inputs() + c];
      const double value = moved[i * combination.inputs() + c];
      // Stored as logarithms; a size that the shift has made negative is kept barely positive.
      to = target == Target::kLogSeconds ? value : std::log(std::max(value, 1e-9));
    }
  }
  return result;
}

// Predictions, scaled by the training targets, are read with the test targets' own statistics.
void rescale_target(std::vector<double>& predicted, const std::vector<double>& train,
                    const std::vector<double>& test, Target target) {
  const auto column = [&](std::vector<double> values) {
    if (target == Target::kLogSeconds) {
      for (double& v : values) v = std::log(v);
    }
    return Standardizer::fit(values, 1);
  };
  const Standardizer from = column(train), to = column(test);
  for (double& value : predicted) {
    const double y = target == Target::kLogSeconds ? std::log(std::max(value, 1e-300)) : value;
    const double moved = to.mean[0] + to.deviation[0] * (y - from.mean[0]) / from.deviation[0];
    value = target == Target::kLogSeconds ? std::exp(moved) : moved;
  }
}

Eigen::MatrixXf standardized(const Combination& combination, const std::vector<int64_t>& rows) {
  const Samples samples = samples_of(combination, rows, Target::kSeconds, Complexity::kPublished);
  const Standardizer own = Standardizer::fit(samples.x, samples.inputs());
  Eigen::MatrixXf z(samples.rows(), samples.inputs());
  for (int64_t row = 0; row < samples.rows(); ++row) {
    const auto x = samples.features(row);
    for (std::size_t i = 0; i < x.size(); ++i) {
      z(row, static_cast<Eigen::Index>(i)) = own.scale(x[i], i);
    }
  }
  return z;
}

}  // namespace

Result<double> published_mape(Model model, const Combination& combination, const SplitRows& split,
                              const ModelOptions& options, Rng& rng) {
  const std::vector<double> train = times_of(combination, split.train);
  const std::vector<double> test = times_of(combination, split.test);
  const bool line = model == Model::kCons;  // has no scaling
  const Combination scaled =
      line ? combination : with_own_scaling(combination, split, options.target);
  ModelOptions one = options;
  one.restarts = 1;
  // Of a network all starts and checkpoints compete on the test set. A start is trained anew up to
  // each of its checkpoints: the same generator makes it the same training.
  const std::vector<int> checkpoints =
      is_network(model) ? std::vector<int>{10, 20, 40, 80, 0} : std::vector<int>{0};
  double least = std::numeric_limits<double>::infinity();
  for (int start = 0; start < (is_network(model) ? options.restarts : 1); ++start) {
    Rng after = rng;
    for (const int steps : checkpoints) {
      after = rng;
      one.steps = steps;
      KERNWISE_ASSIGN(std::vector<double> predicted,
                      predict_times(model, scaled, split.train, split.test, one, after));
      if (!line) rescale_target(predicted, train, test, options.target);
      least = std::min(least, mape_without_smallest(predicted, test, kDroppedShare));
    }
    rng = after;
  }
  return least;
}

double published_paper_net_mape(const Combination& combination, const SplitRows& split,
                                const PaperNetOptions& options, Rng& rng) {
  const std::vector<double> train = times_of(combination, split.train);
  const std::vector<double> test = times_of(combination, split.test);
  const Standardizer from = Standardizer::fit(train, 1), to = Standardizer::fit(test, 1);
  Eigen::VectorXf t(static_cast<Eigen::Index>(train.size()));
  for (std::size_t i = 0; i < train.size(); ++i) {
    t[static_cast<Eigen::Index>(i)] = from.scale(train[i], 0);
  }
  const auto judge = [&](const Eigen::VectorXf& z) {
    std::vector<double> predicted;
    for (Eigen::Index i = 0; i < z.size(); ++i) {
      predicted.push_back(to.mean[0] + to.deviation[0] * double{z[i]});
    }
    return mape_without_smallest(predicted, test, kDroppedShare);
  };
  const Eigen::VectorXf best =
      train_paper_net(standardized(combination, split.train), t,
                      standardized(combination, split.test), options, judge, rng);
  return judge(best);
}

Result<HonestResult> honest(Model model, const Combination& combination, const SplitRows& split,
                            const ModelOptions& options, Rng& rng) {
  HonestResult result;
  KERNWISE_ASSIGN(result.predicted,
                  predict_times(model, combination, split.train, split.test, options, rng));
  result.actual = times_of(combination, split.test);
  result.errors = errors_of(result.predicted, result.actual);
  result.mape_without_smallest =
      mape_without_smallest(result.predicted, result.actual, kDroppedShare);
  return result;
}

}  // namespace kernwise::nnc
