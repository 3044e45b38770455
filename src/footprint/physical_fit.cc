// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>

#include "kernwise/base/check.h"
#include "kernwise/footprint/physical_form.h"

namespace kernwise {
namespace {

constexpr int kMaxSteps = 40;

// An estimate with the derivatives of its logarithm by the logarithms of the weights.
struct Point {
  double estimate = 0;
  Eigen::VectorXd slope;
  double share = 1;  // of the estimate, what scales with the design
};

Point point_at(const PhysicalForm& form, std::span<const double> weights,
               std::span<const double> terms) {
  const auto count = static_cast<Eigen::Index>(form.terms.size());
  double work = 0, floors = 0, constant = 0;
  for (std::size_t k = 0; k < terms.size(); ++k) {
    const double part = weights[k] * terms[k];
    (form.terms[k].floor ? floors : work) += part;
    if (form.terms[k].constant) constant += part;
  }
  Point point;
  const double p = form.sharpness;
  point.estimate = floors > 0 ? std::pow(std::pow(work, p) + std::pow(floors, p), 1 / p) : work;
  point.slope = Eigen::VectorXd::Zero(count);
  if (!(point.estimate > 0)) return point;
  for (Eigen::Index k = 0; k < count; ++k) {
    const auto at = static_cast<std::size_t>(k);
    const double side = form.terms[at].floor ? floors : work;
    const double weight = floors > 0 ? std::pow(side / point.estimate, p - 1) : 1;
    point.slope[k] = weights[at] * terms[at] / point.estimate * weight;
  }
  point.share = 1 - constant / point.estimate;
  return point;
}

// Sums over one design, with the inverse of noise^2 I + error^2 s s' by Sherman and Morrison.
struct Block {
  Eigen::MatrixXd jj;
  Eigen::VectorXd jr, js;
  double ss = 0, sr = 0;
};

}  // namespace

double physical_estimate(const PhysicalForm& form, std::span<const double> weights,
                         std::span<const double> terms) {
  KERNWISE_CHECK(terms.size() == form.terms.size() && weights.size() == terms.size());
  return point_at(form, weights, terms).estimate;
}

std::vector<double> fit_physical_form(const PhysicalForm& form, std::span<const PhysicalRow> rows) {
  const auto count = static_cast<Eigen::Index>(form.terms.size());
  Eigen::VectorXd prior(count), scales(count);
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(count, count);
  for (Eigen::Index k = 0; k < count; ++k) {
    const PhysicalTerm& term = form.terms[static_cast<std::size_t>(k)];
    prior[k] = std::log(term.prior);
    covariance(k, k) = term.log_sd * term.log_sd;
    scales[k] = term.constant ? 0 : form.common_log_sd;
  }
  covariance += scales * scales.transpose();
  const Eigen::MatrixXd precision = covariance.inverse();

  Eigen::VectorXd theta = prior;
  std::vector<double> weights(form.terms.size());
  const auto set_weights = [&] {
    for (Eigen::Index k = 0; k < count; ++k) {
      weights[static_cast<std::size_t>(k)] = std::exp(theta[k]);
    }
  };
  set_weights();
  for (int step = 0; step < kMaxSteps; ++step) {
    std::map<int, Block> blocks;
    for (const PhysicalRow& row : rows) {
      KERNWISE_CHECK(row.terms.size() == form.terms.size());
      const Point at = point_at(form, weights, row.terms);
      if (!(at.estimate > 0) || (row.censored && at.estimate >= row.figure)) continue;
      const double r = std::log(row.figure / at.estimate);
      auto [found, fresh] = blocks.try_emplace(row.design);
      Block& block = found->second;
      if (fresh) {
        block.jj = Eigen::MatrixXd::Zero(count, count);
        block.jr = block.js = Eigen::VectorXd::Zero(count);
      }
      block.jj += at.slope * at.slope.transpose();
      block.jr += at.slope * r;
      block.js += at.slope * at.share;
      block.ss += at.share * at.share;
      block.sr += at.share * r;
    }
    Eigen::MatrixXd left = precision;
    Eigen::VectorXd right = precision * (prior - theta);
    constexpr double kDesignVariance = kAssumedDesignError * kAssumedDesignError;
    constexpr double kVariance = kAssumedRowError * kAssumedRowError;
    for (const auto& [design, block] : blocks) {
      const double shrink = kDesignVariance / (kVariance + kDesignVariance * block.ss);
      left += (block.jj - shrink * block.js * block.js.transpose()) / kVariance;
      right += (block.jr - shrink * block.js * block.sr) / kVariance;
    }
    const Eigen::VectorXd move = left.ldlt().solve(right).cwiseMax(-1).cwiseMin(1);
    theta += move;
    set_weights();
    if (move.cwiseAbs().maxCoeff() < 1e-5) break;
  }
  return weights;
}

}  // namespace kernwise
