// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "familiar_trees.h"

#include <algorithm>
#include <cmath>

namespace kernwise {
namespace {

constexpr double kSlack = 1e-9;

void append(std::vector<float>& to, const std::vector<double>& values) {
  for (const double value : values) to.push_back(static_cast<float>(value));
}

std::vector<float> inputs_of_residual(const FootprintQuery& query, double log_estimate) {
  std::vector<float> z;
  append(z, query.coordinates);
  z.push_back(static_cast<float>(log_estimate));
  return z;
}

std::vector<float> inputs_of_per_image(const FootprintQuery& query) {
  std::vector<float> z;
  append(z, query.coordinates);
  return z;
}

std::vector<float> inputs_of_figure(const FootprintQuery& query) {
  std::vector<float> z;
  append(z, query.coordinates);
  append(z, query.features);
  return z;
}

double ask(const Regressor& regressor, const std::vector<float>& z) {
  float t = 0;
  std::vector<float> scratch(static_cast<std::size_t>(regressor.scratch_floats()));
  regressor.predict(z.data(), &t, scratch.data());
  return double{t};
}

// Rows of inputs and targets, collected one by one.
struct Collected {
  FitData data;

  void add(const std::vector<float>& z, double t) {
    data.inputs = static_cast<int64_t>(z.size());
    data.outputs = 1;
    data.z.insert(data.z.end(), z.begin(), z.end());
    data.t.push_back(static_cast<float>(t));
    data.group.push_back(static_cast<int>(data.rows));
    ++data.rows;
  }
  Result<std::unique_ptr<Regressor>> fit(int trees, Rng& rng) {
    data.reach.assign(static_cast<std::size_t>(data.inputs), 0);
    FitOptions options;
    options.trees = trees;
    return fit_regressor(RegressorKind::kExtraTrees, data, options, rng);
  }
};

}  // namespace

Result<std::shared_ptr<const FamiliarTrees>> FamiliarTrees::fit(
    const std::vector<const FootprintRow*>& rows, const std::vector<double>& estimates, int trees,
    Rng& rng) {
  auto made = std::make_shared<FamiliarTrees>();
  Collected residual, per_image, figure;
  made->network_ = rows.front()->at.network;
  made->low_ = made->high_ = rows.front()->at.coordinates;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const FootprintQuery& at = rows[i]->at;
    for (std::size_t k = 0; k < at.coordinates.size(); ++k) {
      made->low_[k] = std::min(made->low_[k], at.coordinates[k]);
      made->high_[k] = std::max(made->high_[k], at.coordinates[k]);
    }
    const double log = std::log(rows[i]->figure), base = std::log(estimates[i]);
    residual.add(inputs_of_residual(at, base), log - base);
    per_image.add(inputs_of_per_image(at), log - at.coordinates[0]);
    figure.add(inputs_of_figure(at), log);
  }
  KERNWISE_ASSIGN(made->residual_, residual.fit(trees, rng));
  KERNWISE_ASSIGN(made->per_image_, per_image.fit(trees, rng));
  KERNWISE_ASSIGN(made->figure_, figure.fit(trees, rng));
  return std::shared_ptr<const FamiliarTrees>(std::move(made));
}

bool FamiliarTrees::in_range(const FootprintQuery& query) const {
  for (std::size_t k = 0; k < low_.size(); ++k) {
    const double value = query.coordinates[k];
    if (!(value >= low_[k] - kSlack && value <= high_[k] + kSlack)) return false;
  }
  return true;
}

double FamiliarTrees::corrected(const FootprintQuery& query, double log_estimate) const {
  return log_estimate + ask(*residual_, inputs_of_residual(query, log_estimate));
}

double FamiliarTrees::interpolated(const FootprintQuery& query, double log_estimate) const {
  return (corrected(query, log_estimate) + ask(*per_image_, inputs_of_per_image(query)) +
          query.coordinates[0] + ask(*figure_, inputs_of_figure(query))) /
         3;
}

}  // namespace kernwise
