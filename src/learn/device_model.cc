// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/device_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <tuple>
#include <utility>
#include <variant>

#include "kernwise/base/statistics.h"
#include "kernwise/learn/metrics.h"
#include "model_builder.h"

namespace kernwise {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t kEnoughToTune = 60;  // problems
constexpr int kFolds = 5;
constexpr std::size_t kInversions = 10;

int64_t measured_entries(const Samples& samples) {
  return std::count_if(samples.y.begin(), samples.y.end(), [](double y) { return !std::isnan(y); });
}

// What was predicted best and was not, worst first.
std::vector<Inversion> inversions_of(std::span<const double> predicted, const Samples& truth,
                                     const std::vector<std::string>& problems) {
  std::vector<Inversion> found;
  const std::size_t width = truth.outputs.size();
  for (int64_t row = 0; row < truth.rows(); ++row) {
    const auto y = truth.targets(row);
    const auto at = static_cast<std::size_t>(row);
    const int64_t best = best_output(y, y);
    const int64_t chosen = best_output(predicted.subspan(at * width, width), y);
    if (best < 0 || chosen < 0 || chosen == best) continue;
    found.push_back(
        {problems[at], truth.outputs[static_cast<std::size_t>(chosen)],
         truth.outputs[static_cast<std::size_t>(best)],
         std::expm1(y[static_cast<std::size_t>(chosen)] - y[static_cast<std::size_t>(best)])});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.regret > b.regret; });
  if (found.size() > kInversions) found.resize(kInversions);
  return found;
}

void fill_card(PerformanceModel& model, const Samples& truth, std::span<const double> predicted,
               const std::vector<std::string>& problems, FitReport& report) {
  const Scores scores = score(predicted, truth);
  report.held_out = truth.rows();
  report.mdrae = scores.mdrae;
  // The outputs of a transform are different problems: nothing is chosen between them.
  const bool choice = report.kind != ProblemKind::kTransform;
  report.regret_total = choice ? scores.regret_total : 0;
  model.card().errors = errors_by_output(predicted, truth);
  std::erase_if(model.card().errors, [](const OutputError& e) { return e.rows == 0; });
  if (choice) model.card().inversions = inversions_of(predicted, truth, problems);
}

// Predictions of every row by a model that has not seen its fold, and the folds.
struct CrossValidated {
  std::vector<double> predicted;  // rows x outputs
  std::vector<int> fold;          // per row; whole groups share one
  int folds = 0;
};

Result<CrossValidated> cross_validated(const Samples& samples, RegressorKind kind,
                                       const FitOptions& options, Rng& rng) {
  CrossValidated result;
  result.predicted.assign(samples.y.size(), kNan);
  const int groups = 1 + *std::max_element(samples.group.begin(), samples.group.end());
  result.folds = std::min(kFolds, groups);
  for (const int group : samples.group) result.fold.push_back(group % result.folds);
  for (int fold = 0; result.folds > 1 && fold < result.folds; ++fold) {
    std::vector<int64_t> inside, outside;
    for (int64_t row = 0; row < samples.rows(); ++row) {
      (result.fold[static_cast<std::size_t>(row)] == fold ? outside : inside).push_back(row);
    }
    KERNWISE_ASSIGN(const PerformanceModel part,
                    PerformanceModel::fit(kind, subset(samples, inside), options, rng));
    const std::vector<double> logs = part.predict_logs(subset(samples, outside));
    for (std::size_t i = 0; i < outside.size(); ++i) {
      std::copy_n(logs.begin() + static_cast<int64_t>(i) * samples.width(), samples.width(),
                  result.predicted.begin() + outside[i] * samples.width());
    }
  }
  return result;
}

// Share of the errors of each fold that lie within intervals calibrated on the other folds.
double honest_coverage(PerformanceModel model, const Samples& samples,
                       const CrossValidated& validated) {
  const auto width = static_cast<std::size_t>(samples.width());
  int64_t inside = 0, all = 0;
  for (int fold = 0; fold < validated.folds; ++fold) {
    std::vector<double> others(samples.y.size(), kNan);
    const auto in_fold = [&](std::size_t i) { return validated.fold[i / width] == fold; };
    for (std::size_t i = 0; i < others.size(); ++i) {
      if (!in_fold(i)) others[i] = samples.y[i] - validated.predicted[i];
    }
    model.calibrate_errors(others);
    const std::vector<double>& half = ModelBuilder::half_width(model);
    for (std::size_t i = 0; i < others.size(); ++i) {
      const double error = std::abs(samples.y[i] - validated.predicted[i]);
      if (!in_fold(i) || std::isnan(error)) continue;
      ++all;
      inside += error <= half[i % width];
    }
  }
  return all > 0 ? static_cast<double>(inside) / static_cast<double>(all) : 0;
}

// Trained on all rows; how wrong it is, its intervals and its winners' factor by cross-validation.
Result<PerformanceModel> fit_kind(const TrainingData& data, RegressorKind kind, Rng& rng,
                                  FitReport& report) {
  const Samples& samples = data.samples;
  FitOptions options;
  options.tune = samples.rows() >= kEnoughToTune;
  KERNWISE_ASSIGN(PerformanceModel model, PerformanceModel::fit(kind, samples, options, rng));
  model.card().split = "trained on all";
  KERNWISE_ASSIGN(const CrossValidated validated, cross_validated(samples, kind, options, rng));
  if (validated.folds < 2) return model;
  report.coverage = honest_coverage(model, samples, validated);
  model.calibrate_predictions(validated.predicted, samples);
  fill_card(model, samples, validated.predicted, data.problems, report);
  model.card().split =
      fmt::format("trained on all; errors from {}-fold cross-validation", validated.folds);
  return model;
}

}  // namespace

Result<DeviceFit> fit_device_model(const std::vector<Measurement>& measurements,
                                   const DeviceModelCard& card, RegressorKind kind, uint64_t seed) {
  DeviceFit fit;
  fit.model.card = card;
  fit.model.card.trained_threads = card.threads;
  for (std::size_t i = 0; i < std::variant_size_v<Operator>; ++i) {
    const auto of = static_cast<ProblemKind>(i);
    const TrainingData data = training_data(of, measurements, card.threads);
    if (data.samples.rows() == 0) continue;
    Rng rng(seed);
    FitReport report;
    report.kind = of;
    report.problems = data.samples.rows();
    report.measurements = measured_entries(data.samples);
    report.outputs = static_cast<int>(data.samples.width());
    KERNWISE_ASSIGN(PerformanceModel model, fit_kind(data, kind, rng, report));
    // Nothing is chosen between the layouts of a transform.
    if (of == ProblemKind::kTransform) ModelBuilder::winner_factor(model) = 1;
    model.card().device = card.device;
    model.card().seed = seed;
    fit.model.models.emplace(of, std::move(model));
    fit.reports.push_back(report);
  }
  if (fit.model.models.empty()) {
    return invalid_input("there are no sound measurements to learn from",
                         "measure some with 'kernwise profile'");
  }
  return fit;
}

Result<DeviceTransfer> transfer_device_model(const DeviceModel& source,
                                             const std::vector<Measurement>& measurements,
                                             const DeviceModelCard& target,
                                             const std::map<std::string, std::string>& families,
                                             TransferMethod method, uint64_t seed) {
  DeviceTransfer result;
  result.model.card = target;
  result.model.card.source = source.card.label;
  result.model.card.trained_threads = source.card.trained_threads;
  std::vector<double> residuals;  // of all kinds
  std::vector<ProblemKind> unmeasured;
  for (const auto& [kind, model] : source.models) {
    // What changes with the number of threads is learnt as any other difference of two devices.
    const TrainingData data =
        training_data(model.schema(), kind, measurements, source.card.trained_threads);
    const Samples& samples = data.samples;
    if (samples.rows() == 0) {
      unmeasured.push_back(kind);
      continue;
    }
    TransferOptions options;
    options.method = method;
    for (const std::string& output : model.outputs()) {
      const auto family = families.find(output.substr(0, output.find('@')));
      options.families.push_back(family == families.end() ? output : family->second);
    }
    Rng rng(seed);
    KERNWISE_ASSIGN(PerformanceModel carried, transfer(model, samples, options, rng));
    const Samples known = with_outputs(samples, model.outputs());
    const std::vector<double> before = model.predict_logs(known);
    for (std::size_t i = 0; i < before.size(); ++i) {
      const double residual = known.y[i] - before[i];
      if (!std::isnan(residual)) residuals.push_back(residual);
    }
    carried.card().device = target.device;
    carried.card().seed = seed;
    result.reports.push_back({kind, samples.rows(), measured_entries(samples),
                              carried.typical_error() > 0 ? carried.typical_error() : kNan});
    result.model.models.emplace(kind, std::move(carried));
  }
  if (result.reports.empty()) {
    return invalid_input("there is no measurement of the new device that the model could use",
                         "measure some problems with 'kernwise profile' first");
  }
  for (const ProblemKind kind : unmeasured) {
    const PerformanceModel& model = source.models.at(kind);
    PerformanceModel scaled = with_factor(model, residuals);
    scaled.card().device = target.device;
    result.model.models.emplace(kind, std::move(scaled));
  }
  return result;
}

int nearest_model(const std::vector<DeviceModelCard>& models, const std::string& isa, int threads,
                  int cores) {
  const auto distance = [&](const DeviceModelCard& card) {
    return std::tuple(card.isa != isa, std::abs(card.threads - threads),
                      std::abs(card.cores - cores));
  };
  const auto nearest =
      std::min_element(models.begin(), models.end(),
                       [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  return nearest == models.end() ? -1 : static_cast<int>(nearest - models.begin());
}

}  // namespace kernwise
