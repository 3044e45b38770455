// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "source_smoother.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "cost_scale.h"
#include "kernwise/base/statistics.h"
#include "thinned_rows.h"

namespace kernwise::detail {
namespace {

constexpr std::size_t kChunk = 1024;  // rows that are predicted at once, to bound the memory
constexpr std::array<double, 6> kPenalties = {3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1};
constexpr double kFar = 3;
// Share of the smooth kernel beside the rich encoding.
constexpr std::array<double, 3> kSmoothShares = {0, 0.3, 0.8};

Eigen::Index at(std::size_t i) { return static_cast<Eigen::Index>(i); }

struct Shape {
  double smooth_share = 0, penalty = 0;
};

// The rich encoding over its mean square length, so that penalties mean the same in every space.
class Kernel {
 public:
  Kernel(const DesignKernels& kernels, Rows rows) : kernels_(kernels) {
    double sum = 0;
    for (const std::size_t row : rows) {
      sum += kernels.rich(std::span(&row, 1), std::span(&row, 1), true)(0, 0);
    }
    scale_ = static_cast<double>(rows.size()) / sum;
  }
  Matrix operator()(Rows a, Rows b, double smooth_share) const {
    Matrix result = (1 - smooth_share) * scale_ * kernels_.rich(a, b, true);
    if (smooth_share > 0) result += smooth_share * kernels_.smooth(a, b);
    return result;
  }

 private:
  const DesignKernels& kernels_;
  double scale_ = 1;
};

// Leave-one-out errors of all columns of y at once: alpha_i / inverse_ii (the constant is part of
// the kernel).
Matrix left_out(const Eigen::LLT<Matrix>& factor, const Matrix& y) {
  const Matrix inverse = factor.solve(Matrix::Identity(y.rows(), y.rows()));
  Matrix errors = inverse * y;
  errors.array().colwise() /= inverse.diagonal().array();
  return errors;
}

// y with what is far from what the other designs say moved to kFar robust standard deviations of it
// (Huber's pseudo-values): single wrong measurements would bend the whole fit.
Matrix without_outliers(const Matrix& y, const Matrix& errors) {
  Matrix result = y;
  for (Eigen::Index c = 0; c < y.cols(); ++c) {
    std::vector<double> sizes;
    for (const double error : errors.col(c)) sizes.push_back(std::abs(error));
    const double most = kFar * 1.4826 * median(std::move(sizes));
    for (Eigen::Index i = 0; i < y.rows(); ++i) {
      const double error = errors(i, c);
      result(i, c) += std::clamp(error, -most, most) - error;
    }
  }
  return result;
}

Shape choose_shape(const Kernel& kernel, Rows rows, const Matrix& y) {
  Shape best;
  double least = std::numeric_limits<double>::infinity();
  for (const double share : kSmoothShares) {
    Matrix gram = kernel(rows, rows, share);
    gram.array() += 1;
    double before = 0;
    for (const double penalty : kPenalties) {
      gram.diagonal().array() += penalty - before;
      before = penalty;
      const Eigen::LLT<Matrix> factor(gram);
      if (factor.info() != Eigen::Success) continue;
      const double error = left_out(factor, y).squaredNorm();
      if (error < least) least = error, best = {share, penalty};
    }
  }
  return best;
}

}  // namespace

SmoothedSources smooth_sources(const DesignKernels& kernels, Rows devices, Rows known,
                               const SmootherOptions& options) {
  const LatencyTable& table = kernels.table();
  const Eigen::Index n = at(table.rows()), count = at(devices.size());
  SmoothedSources result{Matrix::Zero(n, count), Matrix::Zero(n, count), Vector::Zero(count),
                         Vector::Ones(count)};
  // Devices with the same designs missing share their factors.
  std::map<std::vector<std::size_t>, std::vector<std::size_t>> groups;
  std::vector<CostScale> scales;
  for (std::size_t d = 0; d < devices.size(); ++d) {
    std::vector<std::size_t> there;
    const auto costs = table.device_costs(devices[d]);
    for (const std::size_t row : known) {
      if (!std::isnan(costs[row])) there.push_back(row);
    }
    std::vector<double> seen;
    for (const std::size_t row : there) seen.push_back(costs[row]);
    scales.emplace_back(seen);
    double sum = 0, squares = 0;
    for (double& cost : seen) sum += cost = scales.back().to(cost);
    const double mean = there.empty() ? 0 : sum / static_cast<double>(there.size());
    for (const double value : seen) squares += (value - mean) * (value - mean);
    result.mean(at(d)) = mean;
    if (there.size() < 3 || !(squares > 0)) continue;
    result.scale(at(d)) = std::sqrt(squares / static_cast<double>(there.size()));
    groups[std::move(there)].push_back(d);
  }
  for (const auto& [there, members] : groups) {
    const auto targets = [&](Rows rows) {
      Matrix y(at(rows.size()), at(members.size()));
      for (std::size_t m = 0; m < members.size(); ++m) {
        const auto costs = table.device_costs(devices[members[m]]);
        for (std::size_t i = 0; i < rows.size(); ++i) {
          y(at(i), at(m)) = (scales[members[m]].to(costs[rows[i]]) - result.mean(at(members[m]))) /
                            result.scale(at(members[m]));
        }
      }
      return y;
    };
    const std::vector<std::size_t> few = thinned_rows(there, options.choice_rows);
    const std::vector<std::size_t> fit = thinned_rows(there, options.max_rows);
    const Kernel kernel(kernels, few);
    const Shape shape = choose_shape(kernel, few, targets(few));
    Matrix gram = kernel(fit, fit, shape.smooth_share);
    gram.array() += 1;
    gram.diagonal().array() += std::max(shape.penalty, kPenalties.front());
    const Eigen::LLT<Matrix> factor(gram);
    const Matrix y = targets(fit);
    const Matrix own = left_out(factor, y);
    const Matrix dual = factor.solve(without_outliers(y, own));
    for (std::size_t from = 0; from < table.rows(); from += kChunk) {
      std::vector<std::size_t> rows;
      for (std::size_t r = from; r < std::min(from + kChunk, table.rows()); ++r) rows.push_back(r);
      Matrix cross = kernel(rows, fit, shape.smooth_share);
      cross.array() += 1;
      const Matrix fitted = cross * dual;
      for (std::size_t m = 0; m < members.size(); ++m) {
        result.fitted.col(at(members[m])).segment(at(from), at(rows.size())) = fitted.col(at(m));
      }
    }
    const Matrix all = targets(there);
    for (std::size_t m = 0; m < members.size(); ++m) {
      auto residual = result.residual.col(at(members[m]));
      const auto fitted = result.fitted.col(at(members[m]));
      for (std::size_t i = 0; i < there.size(); ++i) {
        residual(at(there[i])) = all(at(i), at(m)) - fitted(at(there[i]));
      }
      for (std::size_t i = 0; i < fit.size(); ++i) residual(at(fit[i])) = own(at(i), at(m));
    }
  }
  return result;
}

}  // namespace kernwise::detail
