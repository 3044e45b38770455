// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/transfer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "fit_rows.h"
#include "kernel_regressor.h"
#include "kernwise/base/check.h"
#include "kernwise/base/statistics.h"
#include "model_builder.h"
#include "residual_process.h"

namespace kernwise {
namespace {

using detail::KernelExpansion;
using detail::ResidualData;
using detail::ResidualPrior;
using detail::Shares;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<std::string_view, kTransferMethods> kNames = {
    "as-is", "factor", "factor-shrunk", "fine-tune", "scratch", "residual"};
constexpr int kFolds = 5;
constexpr int64_t kValidated = 120;  // rows that take part in cross-validation, at most

std::vector<int> family_numbers(const std::vector<std::string>& outputs,
                                const std::vector<std::string>& families) {
  std::map<std::string, int> numbers;
  std::vector<int> result;
  for (std::size_t p = 0; p < outputs.size(); ++p) {
    const std::string name =
        p < families.size() ? families[p] : outputs[p].substr(0, outputs[p].find('-'));
    result.push_back(numbers.emplace(name, static_cast<int>(numbers.size())).first->second);
  }
  return result;
}

ResidualData rows_of(const ResidualData& data, const std::vector<int64_t>& rows) {
  ResidualData part{static_cast<int64_t>(rows.size()),
                    data.inputs,
                    data.outputs,
                    {},
                    {},
                    data.family,
                    data.reach,
                    {}};
  for (const int64_t row : rows) {
    part.group.push_back(data.group[static_cast<std::size_t>(row)]);
    part.z.insert(part.z.end(), data.z.begin() + row * data.inputs,
                  data.z.begin() + (row + 1) * data.inputs);
    part.residual.insert(part.residual.end(), data.residual.begin() + row * data.outputs,
                         data.residual.begin() + (row + 1) * data.outputs);
  }
  return part;
}

// A correction without points: one constant for each output.
KernelExpansion constants(const ResidualData& data, const std::vector<double>& values) {
  std::vector<float> linear(static_cast<std::size_t>((1 + data.inputs) * data.outputs), 0.0F);
  std::copy(values.begin(), values.end(), linear.begin());
  return {data.inputs, data.outputs, {}, {}, {}, std::move(linear)};
}

// Median residual of each output, drawn towards the one of all with the weight of `strength`
// samples.
KernelExpansion factors(const ResidualData& data, double strength) {
  std::vector<double> all;
  std::vector<std::vector<double>> of(static_cast<std::size_t>(data.outputs));
  for (std::size_t i = 0; i < data.residual.size(); ++i) {
    if (std::isnan(data.residual[i])) continue;
    all.push_back(data.residual[i]);
    of[i % of.size()].push_back(data.residual[i]);
  }
  const double common = all.empty() ? 0 : median(all);
  std::vector<double> values;
  for (std::vector<double>& own : of) {
    const auto count = static_cast<double>(own.size());
    values.push_back(own.empty() ? common
                                 : (count * median(own) + strength * common) / (count + strength));
  }
  return constants(data, values);
}

// A fold for each row; rows of one group share theirs.
std::vector<int> folds_of(const std::vector<int>& group) {
  std::map<int, int> seen;
  std::vector<int> folds;
  for (const int g : group) {
    const auto next = static_cast<int>(seen.size());
    folds.push_back(seen.emplace(g, next).first->second % kFolds);
  }
  return folds;
}

// Residuals that `make`, given the other folds' rows, leaves on each fold (rows x outputs).
template <typename Make>
std::vector<double> cross_validated(const ResidualData& data, const Make& make) {
  std::vector<double> left(data.residual.size(), kNan);
  const std::vector<int> fold_of = folds_of(data.group);
  const int folds = fold_of.empty() ? 0 : 1 + *std::max_element(fold_of.begin(), fold_of.end());
  if (folds < 2) return left;
  for (int fold = 0; fold < folds; ++fold) {
    std::vector<int64_t> inside, outside;
    for (int64_t i = 0; i < data.rows; ++i) {
      (fold_of[static_cast<std::size_t>(i)] == fold ? outside : inside).push_back(i);
    }
    const KernelExpansion correction = make(rows_of(data, inside));
    std::vector<float> to(static_cast<std::size_t>(data.outputs));
    std::vector<float> scratch(static_cast<std::size_t>(correction.scratch_floats()));
    for (const int64_t i : outside) {
      correction.evaluate(&data.z[static_cast<std::size_t>(i * data.inputs)], to.data(),
                          scratch.data());
      for (int64_t p = 0; p < data.outputs; ++p) {
        const auto at = static_cast<std::size_t>(i * data.outputs + p);
        left[at] = data.residual[at] - double{to[static_cast<std::size_t>(p)]};
      }
    }
  }
  return left;
}

double mean_magnitude(const std::vector<double>& errors) {
  double sum = 0, count = 0;
  for (const double error : errors) {
    if (!std::isnan(error)) sum += std::abs(error), ++count;
  }
  return count > 0 ? sum / count : std::numeric_limits<double>::infinity();
}

// Tries each candidate by cross-validation on at most kValidated rows; the first one is kept
// unless another is clearly better. Returns its index and the errors of the best.
template <typename Candidate, typename Make>
std::pair<std::size_t, std::vector<double>> validated(const ResidualData& data,
                                                      const std::vector<Candidate>& candidates,
                                                      const Make& make) {
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < std::min(data.rows, kValidated); ++i) rows.push_back(i);
  const ResidualData part = rows_of(data, rows);
  std::size_t best = 0;
  std::vector<double> errors;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    std::vector<double> left =
        cross_validated(part, [&](const ResidualData& fold) { return make(fold, candidates[c]); });
    const double error = mean_magnitude(left);
    if (c > 0 && !(error < 0.98 * least)) continue;
    best = c;
    least = error;
    errors = std::move(left);
  }
  return {best, std::move(errors)};
}

std::vector<ResidualPrior> residual_priors() {
  const ResidualPrior usual;
  std::vector<ResidualPrior> priors = {usual};
  for (const double reach : {1.0, 3.5}) {
    priors.push_back(usual);
    priors.back().reach = reach;
  }
  // A near device: little to correct. A far one: much, and differently for every primitive.
  for (const double scale : {0.2, 4.0}) {
    priors.push_back(usual);
    ResidualPrior& p = priors.back();
    for (Shares* shares : {&p.slope, &p.smooth}) {
      shares->common *= scale, shares->family *= scale, shares->own *= scale;
    }
    p.factor.family *= scale, p.factor.own *= scale;
  }
  return priors;
}

ResidualData residual_data(const PerformanceModel& source, const Samples& samples,
                           const Standardizer& scale, const std::vector<int>& family) {
  ResidualData data{samples.rows(), samples.inputs(), samples.width(), {}, samples.y, family, {},
                    samples.group};
  const std::vector<double> predicted = source.predict_logs(samples);
  for (std::size_t i = 0; i < predicted.size(); ++i) data.residual[i] -= predicted[i];
  for (int64_t row = 0; row < samples.rows(); ++row) {
    const auto x = samples.features(row);
    for (std::size_t i = 0; i < x.size(); ++i) data.z.push_back(scale.scale(x[i], i));
  }
  for (const Feature& feature : samples.schema.features) data.reach.push_back(feature.reach);
  return data;
}

// What was measured on the source's data is not true of the target.
void forget_calibration(PerformanceModel& model) {
  ModelBuilder::half_width(model).clear();
  ModelBuilder::coverage(model) = 0;
  ModelBuilder::typical_error(model) = 0;
  ModelBuilder::winner_factor(model) = 1;
}
void forget_card(PerformanceModel& model) {
  model.card().device.clear();
  model.card().errors.clear();
  model.card().inversions.clear();
}

// Errors on each fold of models of the other folds, with untuned settings.
Result<std::vector<double>> errors_from_scratch(const Samples& samples, FitOptions fit, Rng& rng) {
  fit.tune = false;
  std::vector<double> errors(samples.y.size(), kNan);
  const std::vector<int> fold_of = folds_of(samples.group);
  const int folds = 1 + *std::max_element(fold_of.begin(), fold_of.end());
  for (int fold = 0; folds > 1 && fold < folds; ++fold) {
    std::vector<int64_t> inside, outside;
    for (int64_t i = 0; i < samples.rows(); ++i) {
      (fold_of[static_cast<std::size_t>(i)] == fold ? outside : inside).push_back(i);
    }
    KERNWISE_ASSIGN(
        const PerformanceModel part,
        PerformanceModel::fit(RegressorKind::kKernel, subset(samples, inside), fit, rng));
    const std::vector<double> predicted = part.predict_logs(subset(samples, outside));
    const auto width = static_cast<std::size_t>(samples.width());
    for (std::size_t i = 0; i < outside.size(); ++i) {
      for (std::size_t p = 0; p < width; ++p) {
        const std::size_t at = static_cast<std::size_t>(outside[i]) * width + p;
        errors[at] = samples.y[at] - predicted[i * width + p];
      }
    }
  }
  return errors;
}

}  // namespace

std::string_view to_string(TransferMethod method) {
  return kNames.at(static_cast<std::size_t>(method));
}

std::optional<TransferMethod> parse_transfer_method(std::string_view name) {
  const auto at = std::find(kNames.begin(), kNames.end(), name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<TransferMethod>(at - kNames.begin());
}

Result<PerformanceModel> transfer(const PerformanceModel& source, const Samples& given,
                                  const TransferOptions& options, Rng& rng) {
  KERNWISE_TRY(source.check_schema(given.schema));
  if (given.rows() == 0 && options.method != TransferMethod::kAsIs) {
    return invalid_input("there are no samples of the target", "measure at least one problem");
  }
  if (source.corrected()) {
    return invalid_input("the source model was itself transferred",
                         "start from a model that was trained on its own device");
  }
  if (options.method == TransferMethod::kScratch) {
    FitOptions fit = options.fit;
    fit.tune = fit.tune && given.rows() >= 40;
    KERNWISE_ASSIGN(PerformanceModel model,
                    PerformanceModel::fit(RegressorKind::kKernel, given, fit, rng));
    KERNWISE_ASSIGN(const std::vector<double> errors, errors_from_scratch(given, fit, rng));
    model.calibrate_errors(errors);
    model.card().transfer = fmt::format("scratch, {} samples", given.rows());
    return model;
  }
  const Samples samples = with_outputs(given, source.outputs());
  PerformanceModel model = source;
  const Standardizer& scale = ModelBuilder::inputs_scale(model);
  const std::vector<int> family = family_numbers(source.outputs(), options.families);
  const ResidualData data = residual_data(source, samples, scale, family);
  std::optional<KernelExpansion> correction;
  std::vector<double> errors;
  switch (options.method) {
    case TransferMethod::kAsIs: errors = data.residual; break;
    case TransferMethod::kFactor:
      correction = factors(data, 0);
      errors = cross_validated(data, [](const ResidualData& d) { return factors(d, 0); });
      break;
    case TransferMethod::kFactorShrunk: {
      const std::vector<double> strengths = {5, 0, 1, 30, 1000};
      const auto [best, left] =
          validated(data, strengths, [](const ResidualData& d, double s) { return factors(d, s); });
      correction = factors(data, strengths[best]);
      errors = left;
      break;
    }
    case TransferMethod::kResidual: {
      const std::vector<ResidualPrior> priors = residual_priors();
      // With fewer rows cross-validation is a coin toss.
      const bool enough = data.rows >= 8;
      const auto [best, left] = validated(
          data, enough ? priors : std::vector<ResidualPrior>{priors[0]},
          [](const ResidualData& d, const ResidualPrior& p) { return detail::fit_residual(d, p); });
      correction = detail::fit_residual(data, priors[best]);
      errors = left;
      break;
    }
    case TransferMethod::kFineTune: {
      const FitData rows = detail::standardized(samples, scale, ModelBuilder::outputs_scale(model));
      KERNWISE_ASSIGN(std::unique_ptr<Regressor> tuned,
                      source.regressor().train_further(rows, options.fit, rng));
      ModelBuilder::regressor(model) = std::move(tuned);
      break;
    }
    case TransferMethod::kScratch: break;
  }
  if (correction) {
    ModelBuilder::correction(model) =
        std::make_shared<const detail::KernelRegressor>(std::move(*correction));
  }
  // Where nothing could be held out, what the source got wrong is all that is known. A network was
  // trained on the samples without holding any out: its error is unknown.
  const bool tuned = options.method == TransferMethod::kFineTune;
  if (!tuned && std::all_of(errors.begin(), errors.end(), [](double e) { return std::isnan(e); })) {
    errors = data.residual;
  }
  forget_calibration(model);
  model.calibrate_errors(errors);
  forget_card(model);
  model.card().transfer = fmt::format("{}, {} samples", to_string(options.method), given.rows());
  return model;
}

PerformanceModel with_factor(const PerformanceModel& source, std::vector<double> residuals) {
  PerformanceModel model = source;
  if (residuals.empty()) return model;
  const double middle = median(residuals);
  std::vector<double> distance;
  for (const double residual : residuals) distance.push_back(std::abs(residual - middle));
  const double spread = quantile(distance, source.coverage() > 0 ? source.coverage() : 0.9);
  const auto d = static_cast<int64_t>(source.schema().features.size());
  const auto width = static_cast<int64_t>(source.outputs().size());
  std::vector<float> linear(static_cast<std::size_t>((1 + d) * width), 0.0F);
  std::fill_n(linear.begin(), width, static_cast<float>(middle));
  ModelBuilder::correction(model) = std::make_shared<const detail::KernelRegressor>(
      KernelExpansion(d, width, {}, {}, {}, std::move(linear)));
  for (double& half : ModelBuilder::half_width(model)) half += spread;
  ModelBuilder::typical_error(model) += std::expm1(median(distance));
  ModelBuilder::winner_factor(model) = 1;
  forget_card(model);
  model.card().transfer = "the median factor of other kinds of problem";
  return model;
}

std::vector<int64_t> choose_samples(const PerformanceModel& source, const Samples& candidates,
                                    int64_t count, Rng& rng) {
  constexpr int64_t kPool = 400;  // candidates and references, each
  constexpr double kSlope = 0.05, kNoise = 0.1;
  PerformanceModel copy = source;
  const Standardizer& scale = ModelBuilder::inputs_scale(copy);
  const int64_t rows = candidates.rows(), d = candidates.inputs();
  count = std::min(count, rows);
  const std::vector<int64_t> pool = detail::random_rows(rows, std::max(kPool, count), rng);
  const std::vector<int64_t> reference = detail::random_rows(rows, kPool, rng);
  std::vector<int64_t> both = pool;
  both.insert(both.end(), reference.begin(), reference.end());
  const auto n = static_cast<int64_t>(both.size()), first = static_cast<int64_t>(pool.size());
  std::vector<float> z;
  for (const int64_t row : both) {
    const auto x = candidates.features(row);
    for (std::size_t i = 0; i < x.size(); ++i) z.push_back(scale.scale(x[i], i));
  }
  std::vector<KernelExpansion::Axis> axes;
  for (int64_t f = 0; f < d; ++f) {
    const double reach = candidates.schema.features[static_cast<std::size_t>(f)].reach;
    if (reach > 0) axes.push_back({f, static_cast<float>(ResidualPrior{}.reach * reach)});
  }
  std::vector<double> k = detail::gram(z, n, d, axes);
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (const auto& axis : axes) {
        sum += double{z[static_cast<std::size_t>(i * d + axis.index)]} *
               double{z[static_cast<std::size_t>(j * d + axis.index)]};
      }
      k[static_cast<std::size_t>(i * n + j)] += kSlope * sum;
    }
  }
  std::vector<int64_t> chosen;
  std::vector<uint8_t> taken(static_cast<std::size_t>(first), 0);
  std::vector<double> column(static_cast<std::size_t>(n));
  while (static_cast<int64_t>(chosen.size()) < count) {
    int64_t best = -1;
    double most = -1;
    for (int64_t i = 0; i < first; ++i) {
      if (taken[static_cast<std::size_t>(i)]) continue;
      const double* row = &k[static_cast<std::size_t>(i * n)];
      double gain = 0;
      for (int64_t j = first; j < n; ++j) gain += row[j] * row[j];
      gain /= row[i] + kNoise;
      if (gain > most) most = gain, best = i;
    }
    taken[static_cast<std::size_t>(best)] = 1;
    chosen.push_back(pool[static_cast<std::size_t>(best)]);
    // What is known after measuring it: k -= k_b k_b' / (k_bb + noise).
    std::copy_n(&k[static_cast<std::size_t>(best * n)], n, column.begin());
    const double pivot = column[static_cast<std::size_t>(best)] + kNoise;
    for (int64_t i = 0; i < n; ++i) {
      const double factor = column[static_cast<std::size_t>(i)] / pivot;
      double* row = &k[static_cast<std::size_t>(i * n)];
      for (int64_t j = 0; j < n; ++j) row[j] -= factor * column[static_cast<std::size_t>(j)];
    }
  }
  return chosen;
}

}  // namespace kernwise
