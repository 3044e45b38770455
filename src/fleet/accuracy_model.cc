// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/accuracy_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "gaussian_process.h"
#include "kernwise/base/statistics.h"
#include "kernwise/fleet/ranking.h"
#include "warp.h"

namespace kernwise {
namespace {

constexpr std::size_t kLeastDesigns = 20;
constexpr double kNinety = 1.6449;

// Centred columns of unit variance; groups (one-hot, the rest) weigh alike however many they are.
struct Scaling {
  Eigen::VectorXd centre, factor;

  Eigen::VectorXd apply(const std::vector<float>& features) const {
    Eigen::VectorXd x(centre.size());
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      x(i) = (static_cast<double>(features[static_cast<std::size_t>(i)]) - centre(i)) * factor(i);
    }
    return x;
  }
};

Scaling scaling_of(const std::vector<std::vector<float>>& rows, std::size_t one_hot, double share) {
  const auto width = static_cast<Eigen::Index>(rows[0].size());
  Scaling scaling{Eigen::VectorXd::Zero(width), Eigen::VectorXd::Zero(width)};
  const auto n = static_cast<double>(rows.size());
  double active[2] = {0, 0};
  for (Eigen::Index i = 0; i < width; ++i) {
    double sum = 0, square = 0;
    for (const auto& row : rows) {
      const auto value = static_cast<double>(row[static_cast<std::size_t>(i)]);
      sum += value;
      square += value * value;
    }
    scaling.centre(i) = sum / n;
    const double variance = square / n - sum / n * (sum / n);
    if (variance < 1e-9) continue;  // says nothing
    scaling.factor(i) = 1 / std::sqrt(variance);
    active[static_cast<std::size_t>(i) < one_hot ? 0 : 1] += 1;
  }
  const double weight[2] = {std::sqrt(share / std::max(active[0], 1.0)),
                            std::sqrt((1 - share) / std::max(active[1], 1.0))};
  for (Eigen::Index i = 0; i < width; ++i) {
    scaling.factor(i) *= weight[static_cast<std::size_t>(i) < one_hot ? 0 : 1];
  }
  return scaling;
}

std::vector<detail::GpKernel> kernels() {
  std::vector<detail::GpKernel> all;
  for (const double reach : {0.5, 1.0, 2.0, 4.0, 8.0}) {
    for (const double linear : {0.0, 0.3, 3.0}) {
      for (const double noise : {0.003, 0.01, 0.03, 0.1, 0.3})
        all.push_back({reach, linear, noise});
    }
  }
  return all;
}

PredictedAccuracy back(const detail::Warp& warp, const detail::GpPrediction& p) {
  PredictedAccuracy accuracy;
  accuracy.mean = warp.backward(p.mean);
  accuracy.low = warp.backward(p.mean - kNinety * p.deviation);
  accuracy.high = warp.backward(p.mean + kNinety * p.deviation);
  accuracy.deviation =
      0.5 * (warp.backward(p.mean + p.deviation) - warp.backward(p.mean - p.deviation));
  return accuracy;
}

AccuracyFigures figures_of(const detail::Warp& warp, const detail::GaussianProcess& process,
                           std::span<const double> truth) {
  AccuracyFigures figures{.designs = static_cast<int>(truth.size())};
  std::vector<double> predicted;
  const auto held_out = process.leave_one_out();
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const PredictedAccuracy p = back(warp, held_out[i]);
    predicted.push_back(p.mean);
    figures.mean_absolute_error += std::abs(p.mean - truth[i]);
    figures.coverage += truth[i] >= p.low && truth[i] <= p.high ? 1 : 0;
  }
  figures.kendall = kendall(predicted, truth);
  figures.spearman = spearman(predicted, truth);
  figures.mean_absolute_error /= static_cast<double>(truth.size());
  figures.coverage /= static_cast<double>(truth.size());
  return figures;
}

}  // namespace

struct AccuracyModel::State {
  Scaling scaling;
  detail::Warp warp;
  detail::GaussianProcess process;
  AccuracyFigures figures;
};

PredictedAccuracy AccuracyModel::predict(const DesignSpace& space, const Design& design) const {
  return back(state_->warp,
              state_->process.predict(state_->scaling.apply(design_features(space, design))));
}

const AccuracyFigures& AccuracyModel::figures() const { return state_->figures; }

Result<AccuracyModel> fit_accuracy(const DesignSpace& space, std::span<const Design> designs,
                                   std::span<const double> accuracy) {
  struct Merged {
    const Design* design = nullptr;
    double sum = 0;
    int count = 0;
  };
  std::map<std::string, Merged> classes;
  for (std::size_t i = 0; i < designs.size(); ++i) {
    if (!std::isfinite(accuracy[i])) return invalid_input("an accuracy is not a finite number");
    const std::string id = space.graph ? cell_identity(space, designs[i])
                                       : design_string(space, canonical(space, designs[i]));
    Merged& merged = classes[id];
    if (merged.design == nullptr) merged.design = &designs[i];
    merged.sum += accuracy[i];
    ++merged.count;
  }
  if (classes.size() < kLeastDesigns) {
    return invalid_input(
        fmt::format("accuracy is known of {} distinct designs only", classes.size()),
        fmt::format("give at least {}, better a few hundred", kLeastDesigns));
  }
  std::vector<std::vector<float>> rows;
  std::vector<double> truth;
  for (const auto& [id, merged] : classes) {
    rows.push_back(design_features(space, *merged.design));
    truth.push_back(merged.sum / merged.count);
  }
  if (*std::min_element(truth.begin(), truth.end()) ==
      *std::max_element(truth.begin(), truth.end())) {
    return invalid_input("all designs have the same accuracy: nothing can be learnt");
  }
  std::shared_ptr<AccuracyModel::State> best;
  for (const double share : {0.05, 0.2, 0.5}) {
    const Scaling scaling = scaling_of(rows, one_hot_size(space), share);
    Eigen::MatrixXd x(static_cast<Eigen::Index>(rows.size()), scaling.centre.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      x.row(static_cast<Eigen::Index>(i)) = scaling.apply(rows[i]).transpose();
    }
    for (const bool scores : {true, false}) {
      const detail::Warp warp =
          scores ? detail::Warp::normal_scores(truth) : detail::Warp::log_distance(truth);
      Eigen::VectorXd y(x.rows());
      for (Eigen::Index i = 0; i < y.size(); ++i) {
        y(i) = warp.forward(truth[static_cast<std::size_t>(i)]);
      }
      auto process = detail::GaussianProcess::fit(x, y, kernels());
      const AccuracyFigures figures = figures_of(warp, process, truth);
      if (best != nullptr && figures.kendall <= best->figures.kendall) continue;
      best = std::make_shared<AccuracyModel::State>(
          AccuracyModel::State{scaling, warp, std::move(process), figures});
    }
  }
  return AccuracyModel(std::move(best));
}

}  // namespace kernwise
