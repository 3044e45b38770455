// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "models.h"

#include <cmath>

#include "kernwise/learn/model.h"

namespace kernwise::nnc {
namespace {

std::vector<double> work_of(const Combination& combination, const std::vector<int64_t>& rows) {
  std::vector<double> work;
  for (const int64_t row : rows) work.push_back(combination.work[static_cast<std::size_t>(row)]);
  return work;
}

std::vector<double> predict_line(const Combination& combination, const std::vector<int64_t>& train,
                                 const std::vector<int64_t>& test, Target target) {
  const std::vector<double> times = times_of(combination, train);
  std::vector<double> weights;
  for (const double t : times) weights.push_back(target == Target::kSeconds ? 1 : 1 / (t * t));
  const Line line = fit_line(work_of(combination, train), times, weights);
  std::vector<double> predicted;
  for (const double c : work_of(combination, test)) {
    predicted.push_back(line.slope * c + line.constant);
  }
  return predicted;
}

}  // namespace

std::string_view to_string(Model model) {
  static constexpr std::array<std::string_view, kModels.size()> kNames = {"nn-c", "nn", "cons",
                                                                          "lr-c", "nlr-c"};
  return kNames[static_cast<std::size_t>(model)];
}

bool is_network(Model model) { return model == Model::kNnC || model == Model::kNn; }

Line fit_line(const std::vector<double>& work, const std::vector<double>& times,
              const std::vector<double>& weights) {
  double total = 0, mean_c = 0, mean_t = 0;
  for (std::size_t i = 0; i < work.size(); ++i) {
    total += weights[i];
    mean_c += weights[i] * work[i];
    mean_t += weights[i] * times[i];
  }
  if (total == 0) return {};
  mean_c /= total;
  mean_t /= total;
  double both = 0, square = 0;
  for (std::size_t i = 0; i < work.size(); ++i) {
    both += weights[i] * (work[i] - mean_c) * (times[i] - mean_t);
    square += weights[i] * (work[i] - mean_c) * (work[i] - mean_c);
  }
  const double slope = square > 0 ? both / square : 0;
  return {slope, mean_t - slope * mean_c};
}

Result<std::vector<double>> predict_times(Model model, const Combination& combination,
                                          const std::vector<int64_t>& train,
                                          const std::vector<int64_t>& test,
                                          const ModelOptions& options, Rng& rng) {
  if (train.empty()) return invalid_input(combination.name() + ": nothing to train on");
  if (model == Model::kCons) return predict_line(combination, train, test, options.target);
  const Complexity complexity = model == Model::kNn ? Complexity::kHidden : Complexity::kSeen;
  const RegressorKind kind = is_network(model)      ? RegressorKind::kMlpTiny
                             : model == Model::kLrC ? RegressorKind::kLinear
                                                    : RegressorKind::kExtraTrees;
  FitOptions fit;
  fit.restarts = options.restarts;
  fit.epochs = options.steps;
  KERNWISE_ASSIGN(const PerformanceModel fitted,
                  PerformanceModel::fit(
                      kind, samples_of(combination, train, options.target, complexity), fit, rng));
  std::vector<double> predicted =
      fitted.predict_logs(samples_of(combination, test, options.target, complexity));
  if (options.target == Target::kLogSeconds) {
    for (double& value : predicted) value = std::exp(value);
  }
  return predicted;
}

}  // namespace kernwise::nnc
