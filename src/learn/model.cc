// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "kernwise/base/check.h"
#include "kernwise/base/hash.h"
#include "kernwise/base/statistics.h"
#include "kernwise/learn/conformal.h"
#include "model_builder.h"

namespace kernwise {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kSlack = 0.1;        // of a logarithm: 10 % beyond the range is still inside
constexpr double kPriorEntries = 20;  // that an output's own error must outweigh
constexpr double kPriorWinners = 10;

double median_or(std::vector<double> values, double otherwise) {
  return values.empty() ? otherwise : median(std::move(values));
}

}  // namespace

namespace detail {

FitData standardized(const Samples& samples, const Standardizer& inputs,
                     const Standardizer& outputs) {
  FitData data{samples.rows(), samples.inputs(), samples.width(), {}, {}, samples.group, {}};
  data.z.reserve(samples.x.size());
  data.t.reserve(samples.y.size());
  for (int64_t row = 0; row < samples.rows(); ++row) {
    const auto x = samples.features(row), y = samples.targets(row);
    for (std::size_t i = 0; i < x.size(); ++i) data.z.push_back(inputs.scale(x[i], i));
    for (std::size_t i = 0; i < y.size(); ++i) data.t.push_back(outputs.scale(y[i], i));
  }
  for (const Feature& feature : samples.schema.features) {
    data.reach.push_back(feature.reach);
    data.complexity.push_back(feature.complexity);
  }
  return data;
}

}  // namespace detail

std::string data_hash(const Samples& samples) {
  std::string all = samples.schema.hash();
  for (const std::string& name : samples.outputs) all += "\n" + name;
  all.append(reinterpret_cast<const char*>(samples.x.data()), samples.x.size() * sizeof(double));
  all.append(reinterpret_cast<const char*>(samples.y.data()), samples.y.size() * sizeof(double));
  return content_hash(all);
}

Result<PerformanceModel> PerformanceModel::fit(RegressorKind kind, const Samples& samples,
                                               const FitOptions& options, Rng& rng) {
  PerformanceModel model;
  model.schema_ = samples.schema;
  model.outputs_ = samples.outputs;
  model.inputs_scale_ = Standardizer::fit(samples.x, samples.inputs());
  model.outputs_scale_ = Standardizer::fit(samples.y, samples.width());
  const FitData data = detail::standardized(samples, model.inputs_scale_, model.outputs_scale_);
  KERNWISE_ASSIGN(std::unique_ptr<Regressor> regressor, fit_regressor(kind, data, options, rng));
  model.regressor_ = std::move(regressor);
  model.low_.assign(samples.schema.features.size(), std::numeric_limits<double>::infinity());
  model.high_.assign(samples.schema.features.size(), -std::numeric_limits<double>::infinity());
  model.known_.assign(samples.outputs.size(), 0);
  for (int64_t row = 0; row < samples.rows(); ++row) {
    const auto x = samples.features(row), y = samples.targets(row);
    for (std::size_t i = 0; i < x.size(); ++i) {
      model.low_[i] = std::min(model.low_[i], x[i]);
      model.high_[i] = std::max(model.high_[i], x[i]);
    }
    for (std::size_t p = 0; p < y.size(); ++p) model.known_[p] |= !std::isnan(y[p]);
  }
  model.card_.data_hash = data_hash(samples);
  model.card_.train_rows = samples.rows();
  return model;
}

void PerformanceModel::predict_logs(std::span<const double> features, std::span<double> to,
                                    Workspace& w, std::span<const uint8_t> wanted) const {
  const std::size_t d = schema_.features.size(), width = outputs_.size();
  KERNWISE_CHECK(features.size() == d && to.size() == width);
  KERNWISE_CHECK(wanted.empty() || wanted.size() == width);
  const uint8_t* mask = wanted.empty() ? nullptr : wanted.data();
  const int64_t own = std::max(regressor_->scratch_floats(),
                               correction_ ? correction_->scratch_floats() : int64_t{0});
  const std::size_t need = d + width + static_cast<std::size_t>(own);
  if (w.floats.size() < need) w.floats.resize(need);
  float* z = w.floats.data();
  float* t = z + d;
  for (std::size_t i = 0; i < d; ++i) z[i] = inputs_scale_.scale(features[i], i);
  regressor_->predict(z, t, t + width, mask);
  for (std::size_t p = 0; p < width; ++p) {
    const bool told = known_[p] && (mask == nullptr || mask[p]);
    to[p] = told ? outputs_scale_.mean[p] + outputs_scale_.deviation[p] * double{t[p]} : kNan;
  }
  if (!correction_) return;
  correction_->predict(z, t, t + width, mask);
  for (std::size_t p = 0; p < width; ++p) to[p] += double{t[p]};
}

std::vector<double> PerformanceModel::predict_logs(const Samples& samples) const {
  std::vector<double> all(static_cast<std::size_t>(samples.rows()) * outputs_.size());
  Workspace w;
  for (int64_t row = 0; row < samples.rows(); ++row) {
    predict_logs(
        samples.features(row),
        std::span(all).subspan(static_cast<std::size_t>(row) * outputs_.size(), outputs_.size()),
        w);
  }
  return all;
}

// Without calibration nothing is known about the error, and the interval says so.
double PerformanceModel::half_width(std::size_t output) const {
  return half_width_.empty() ? std::numeric_limits<double>::infinity() : half_width_[output];
}

double PerformanceModel::candidate_time(double log) const { return std::exp(log) * winner_factor_; }

PerformanceModel::Estimate PerformanceModel::candidate(std::size_t output, double log) const {
  const double time = candidate_time(log), apart = half_width(output);
  return {time, std::min(time, std::exp(log - apart)), std::max(time, std::exp(log + apart))};
}

bool PerformanceModel::in_range(std::span<const double> features) const {
  for (std::size_t i = 0; i < features.size(); ++i) {
    if (!(features[i] >= low_[i] - kSlack && features[i] <= high_[i] + kSlack)) return false;
  }
  return true;
}

void PerformanceModel::predict(std::span<const double> features, Prediction& to, Workspace& w,
                               std::span<const uint8_t> wanted) const {
  const std::size_t width = outputs_.size();
  to.time_s.resize(width);
  to.low_s.resize(width);
  to.high_s.resize(width);
  predict_logs(features, to.time_s, w, wanted);
  to.in_range = in_range(features);
  for (std::size_t p = 0; p < width; ++p) {
    const double log = to.time_s[p];
    if (std::isnan(log)) {
      to.low_s[p] = to.high_s[p] = kNan;
      continue;
    }
    to.time_s[p] = std::exp(log);
    const double factor = std::exp(half_width(p));
    to.low_s[p] = to.time_s[p] / factor;
    to.high_s[p] = to.time_s[p] * factor;
  }
}

void PerformanceModel::calibrate_errors(std::span<const double> errors, double coverage) {
  const std::size_t width = outputs_.size();
  std::vector<std::vector<double>> of(width);
  std::vector<double> all;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (std::isnan(errors[i])) continue;
    of[i % width].push_back(std::abs(errors[i]));
    all.push_back(std::abs(errors[i]));
  }
  if (all.empty()) return;
  const double typical = std::max(median_or(all, 0), 1e-6);
  typical_error_ = std::expm1(typical);
  std::vector<double> scale(width, typical);
  std::vector<double> scores;
  for (std::size_t p = 0; p < width; ++p) {
    const auto count = static_cast<double>(of[p].size());
    scale[p] = std::max(1e-6, (kPriorEntries * typical + count * median_or(of[p], typical)) /
                                  (kPriorEntries + count));
    for (const double error : of[p]) scores.push_back(error / scale[p]);
  }
  const double score = conformal_half_width(std::move(scores), coverage);
  half_width_.assign(width, 0);
  for (std::size_t p = 0; p < width; ++p) half_width_[p] = score * scale[p];
  coverage_ = coverage;
}

void PerformanceModel::calibrate(const Samples& held_out, double coverage) {
  calibrate_predictions(predict_logs(held_out), held_out, coverage);
}

void PerformanceModel::calibrate_predictions(std::span<const double> predicted,
                                             const Samples& held_out, double coverage) {
  std::vector<double> errors(predicted.size(), kNan);
  std::vector<double> winners;
  for (int64_t row = 0; row < held_out.rows(); ++row) {
    const auto y = held_out.targets(row);
    const std::size_t at = static_cast<std::size_t>(row) * outputs_.size();
    std::size_t winner = outputs_.size();
    for (std::size_t p = 0; p < outputs_.size(); ++p) {
      errors[at + p] = y[p] - predicted[at + p];
      if (std::isnan(errors[at + p])) continue;
      if (winner == outputs_.size() || predicted[at + p] < predicted[at + winner]) winner = p;
    }
    if (winner == outputs_.size()) continue;
    winners.push_back(errors[at + winner]);
  }
  calibrate_errors(errors, coverage);
  // Without a fifth at either end: one problem unlike all others would set the factor of all plans.
  // Shrunk towards no bias: few winners say little.
  std::sort(winners.begin(), winners.end());
  const std::size_t drop = winners.size() / 5;
  double sum = 0;
  for (std::size_t i = drop; i < winners.size() - drop; ++i) sum += winners[i];
  const auto kept = static_cast<double>(winners.size() - 2 * drop);
  winner_factor_ = std::exp(sum / (kept + kPriorWinners));
}

}  // namespace kernwise
