// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernel_regressor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "cholesky.h"
#include "fit_rows.h"

namespace kernwise::detail {
namespace {

using Axes = std::vector<KernelExpansion::Axis>;

// Variances in units of an output's own. The mean's prior is wide; the noise is about 3 % of a
// time where an output's times spread over two decades.
constexpr double kLinearVariance = 10;
constexpr double kNoise = 3e-4;
constexpr int64_t kTuningRows = 1500;  // enough to rank length scales, 15 times cheaper

struct Settings {
  Axes axes;
  double noise = kNoise;
};

// Inputs that vary; what never varied in training has no distance.
Axes varying_axes(const FitData& data) {
  Axes axes;
  for (int64_t f = 0; f < data.inputs; ++f) {
    const double reach = data.reach[static_cast<std::size_t>(f)];
    bool varies = false;
    for (int64_t i = 1; i < data.rows && !varies; ++i) {
      varies = data.z[static_cast<std::size_t>(i * data.inputs + f)] !=
               data.z[static_cast<std::size_t>(f)];
    }
    if (reach > 0 && varies) axes.push_back({f, static_cast<float>(reach)});
  }
  return axes;
}

// Adds variance * h h' of the linear mean (constant and inputs on an axis).
double linear_kernel(const float* a, const float* b, const Axes& axes) {
  double sum = 1;
  for (const auto& axis : axes) sum += double{a[axis.index]} * double{b[axis.index]};
  return kLinearVariance * sum;
}

Result<KernelExpansion> fit_with(const FitData& data, const Settings& settings) {
  const int64_t n = data.rows, d = data.inputs, width = data.outputs;
  std::vector<double> kernel = gram(data.z, n, d, settings.axes);
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      kernel[static_cast<std::size_t>(i * n + j)] +=
          linear_kernel(&data.z[static_cast<std::size_t>(i * d)],
                        &data.z[static_cast<std::size_t>(j * d)], settings.axes);
    }
  }
  std::map<std::vector<int64_t>, std::vector<int64_t>> outputs_of;  // rows measured -> outputs
  for (int64_t p = 0; p < width; ++p) {
    std::vector<int64_t> rows;
    for (int64_t i = 0; i < n; ++i) {
      if (!std::isnan(data.t[static_cast<std::size_t>(i * width + p)])) rows.push_back(i);
    }
    if (!rows.empty()) outputs_of[rows].push_back(p);
  }
  std::vector<float> coefficients(static_cast<std::size_t>(n * width), 0.0F);
  std::vector<double> linear(static_cast<std::size_t>((1 + d) * width), 0.0);
  for (const auto& [rows, outputs] : outputs_of) {
    const auto m = static_cast<int64_t>(rows.size());
    const auto columns = static_cast<int64_t>(outputs.size());
    std::vector<double> part(static_cast<std::size_t>(m * m));
    for (int64_t i = 0; i < m; ++i) {
      const double* from = kernel.data() + rows[static_cast<std::size_t>(i)] * n;
      for (int64_t j = 0; j <= i; ++j) {
        part[static_cast<std::size_t>(i * m + j)] = from[rows[static_cast<std::size_t>(j)]];
      }
      part[static_cast<std::size_t>(i * m + i)] += settings.noise;
    }
    const std::optional<Cholesky> factored = Cholesky::factor(std::move(part), m);
    if (!factored) return internal_error("the kernel matrix is not positive definite");
    std::vector<double> right(static_cast<std::size_t>(m * columns));
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t c = 0; c < columns; ++c) {
        right[static_cast<std::size_t>(i * columns + c)] = double{data.t[static_cast<std::size_t>(
            rows[static_cast<std::size_t>(i)] * width + outputs[static_cast<std::size_t>(c)])]};
      }
    }
    factored->solve(right, columns);
    for (int64_t i = 0; i < m; ++i) {
      const int64_t row = rows[static_cast<std::size_t>(i)];
      for (int64_t c = 0; c < columns; ++c) {
        const int64_t p = outputs[static_cast<std::size_t>(c)];
        const double value = right[static_cast<std::size_t>(i * columns + c)];
        coefficients[static_cast<std::size_t>(row * width + p)] = static_cast<float>(value);
        linear[static_cast<std::size_t>(p)] += kLinearVariance * value;
        for (const auto& axis : settings.axes) {
          linear[static_cast<std::size_t>((1 + axis.index) * width + p)] +=
              kLinearVariance * value *
              double{data.z[static_cast<std::size_t>(row * d + axis.index)]};
        }
      }
    }
  }
  return KernelExpansion(d, width, settings.axes, data.z, coefficients,
                         std::vector<float>(linear.begin(), linear.end()));
}

// Mean absolute error on `check`; infinity if the fit failed.
double error_on(const FitData& check, const FitData& train, const Settings& settings) {
  const Result<KernelExpansion> fitted = fit_with(train, settings);
  if (!fitted.ok()) return std::numeric_limits<double>::infinity();
  std::vector<float> to(static_cast<std::size_t>(check.outputs));
  std::vector<float> scratch(static_cast<std::size_t>(fitted->scratch_floats()));
  double sum = 0, count = 0;
  for (int64_t i = 0; i < check.rows; ++i) {
    fitted->evaluate(&check.z[static_cast<std::size_t>(i * check.inputs)], to.data(),
                     scratch.data());
    for (int64_t p = 0; p < check.outputs; ++p) {
      const float truth = check.t[static_cast<std::size_t>(i * check.outputs + p)];
      if (std::isnan(truth)) continue;
      sum += std::abs(double{truth} - double{to[static_cast<std::size_t>(p)]});
      ++count;
    }
  }
  return count > 0 ? sum / count : 0;
}

// Coordinate search on held-out groups, coarse to fine.
Settings tuned(const FitData& data, Settings settings, Rng& rng) {
  const HeldOut parts = hold_out(data, 0.2, kTuningRows, rng);
  if (parts.check.rows < 5 || parts.train.rows < 20) return settings;
  double best = error_on(parts.check, parts.train, settings);
  const auto consider = [&](const Settings& candidate) {
    const double error = error_on(parts.check, parts.train, candidate);
    if (!(error < best * 0.998)) return false;
    best = error;
    settings = candidate;
    return true;
  };
  for (const double step : {1.8, 1.3}) {
    const auto along = [&](auto&& change) {
      for (const double factor : {step, 1 / step}) {
        Settings candidate = settings;
        change(candidate, factor);
        while (consider(candidate)) change(candidate = settings, factor);
      }
    };
    along([](Settings& s, double factor) {
      for (auto& axis : s.axes) axis.reach *= static_cast<float>(factor);
    });
    along([](Settings& s, double factor) { s.noise *= factor * factor; });
    for (std::size_t a = 0; a < settings.axes.size(); ++a) {
      along([a](Settings& s, double factor) { s.axes[a].reach *= static_cast<float>(factor); });
    }
  }
  return settings;
}

}  // namespace

Result<std::unique_ptr<Regressor>> fit_kernel(const FitData& given, const FitOptions& options,
                                              Rng& rng) {
  const FitData data = given.rows > options.max_points
                           ? pick_rows(given, random_rows(given.rows, options.max_points, rng))
                           : given;
  Settings settings{varying_axes(data)};
  if (options.tune) settings = tuned(data, settings, rng);
  KERNWISE_ASSIGN(KernelExpansion expansion, fit_with(data, settings));
  return std::unique_ptr<Regressor>(std::make_unique<KernelRegressor>(std::move(expansion)));
}

}  // namespace kernwise::detail
