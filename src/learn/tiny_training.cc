// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "tiny_training.h"

#include <Eigen/Cholesky>

#include <array>

#include "kernwise/base/check.h"

namespace kernwise::detail {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kFreedom = 5;      // degrees of freedom of Student's t
constexpr int kStepsPerUpdate = 5;  // of Levenberg-Marquardt between updates of the priors
constexpr double kRidge = 1e-3;     // of the linear fit at the start
constexpr std::size_t kGroups = 4;  // sharpness, powers, hidden weights, output weights

std::vector<std::size_t> groups_of(const TinyShape& shape) {
  std::vector<std::size_t> group;
  if (shape.sharpness() > 0) group.push_back(0);
  for (int64_t i = 0; i < shape.terms * (shape.inputs + 1); ++i) group.push_back(1);
  for (int64_t h = 0; h < shape.hidden; ++h) {
    for (int64_t i = 0; i <= shape.inputs; ++i) group.push_back(2);
    group.push_back(3);
  }
  return group;
}

class Training {
 public:
  Training(const TinyShape& shape, const MatrixXd& z, const VectorXd& t, const VectorXd& start,
           VectorXd centre)
      : shape_(shape), inputs_(z.transpose()), t_(t), centre_(std::move(centre)),
        group_(groups_of(shape)), p_(start), weight_(VectorXd::Ones(t.size())),
        jacobian_(start.size(), t.size()) {
    for (const std::size_t g : group_) ++members_[g];
    evaluate();
  }

  TinyFit run(int iterations) {
    double damping = 1e-2;
    for (int i = 0; i < iterations; ++i) {
      if (i > 0 && i % kStepsPerUpdate == 0) update_priors();
      if (!step(damping)) {
        if (i % kStepsPerUpdate == 0 && i > 4 * kStepsPerUpdate) break;  // settled
        i += kStepsPerUpdate - 1 - i % kStepsPerUpdate;                  // on to the next update
        damping = 1e-2;
      }
    }
    update_priors();
    TinyFit fit;
    fit.parameters.assign(p_.data(), p_.data() + p_.size());
    const auto n = static_cast<double>(t_.size());
    fit.effective = effective_;
    const double left = std::max(1 - effective_ / n, 0.05);
    fit.score = std::log(std::max(weighted_ / n, 1e-20)) - 2 * std::log(left);
    return fit;
  }

 private:
  // Residuals and their derivatives at p_.
  void evaluate() {
    residual_.resize(t_.size());
    for (Eigen::Index i = 0; i < t_.size(); ++i) {
      residual_[i] =
          tiny_gradient(shape_, p_.data(), inputs_.col(i).data(), jacobian_.col(i).data()) - t_[i];
    }
  }

  double prior_of(const VectorXd& p) const {
    double sum = 0;
    for (Eigen::Index i = 0; i < p.size(); ++i) {
      const double apart = p[i] - centre_[i];
      sum += width_[group_[static_cast<std::size_t>(i)]] * apart * apart;
    }
    return sum;
  }

  VectorXd prior_diagonal() const {
    VectorXd diagonal(p_.size());
    for (Eigen::Index i = 0; i < p_.size(); ++i) {
      diagonal[i] = width_[group_[static_cast<std::size_t>(i)]];
    }
    return diagonal;
  }

  MatrixXd curvature() const {
    const MatrixXd scaled = jacobian_ * (precision_ * weight_.array()).sqrt().matrix().asDiagonal();
    MatrixXd h = MatrixXd::Zero(p_.size(), p_.size());
    h.selfadjointView<Eigen::Lower>().rankUpdate(scaled);
    h.diagonal() += prior_diagonal();
    return h;
  }

  // One accepted step, or false if none lowers the objective noticeably.
  bool step(double& damping) {
    const double before =
        precision_ * (weight_.array() * residual_.array().square()).sum() + prior_of(p_);
    const MatrixXd h = curvature();
    const VectorXd slope =
        precision_ * (jacobian_ * (weight_.array() * residual_.array()).matrix()) +
        (prior_diagonal().array() * (p_ - centre_).array()).matrix();
    for (int attempt = 0; attempt < 8; ++attempt) {
      MatrixXd damped = h;
      damped.diagonal() += damping * h.diagonal();
      const Eigen::LLT<MatrixXd, Eigen::Lower> factor(damped);
      if (factor.info() == Eigen::Success) {
        const VectorXd kept = p_;
        p_ -= factor.solve(slope);
        if (shape_.sharpness() > 0) {
          p_[0] = std::clamp(p_[0], -kMaxLogSharpness, kMaxLogSharpness);
        }
        const double after = objective_at_p();
        if (after < before) {
          damping = std::max(damping / 4, 1e-9);
          evaluate();
          return before - after > 1e-6 * before;
        }
        p_ = kept;
      }
      damping *= 5;
    }
    return false;
  }

  double objective_at_p() const {
    double sum = 0;
    for (Eigen::Index i = 0; i < t_.size(); ++i) {
      const double error = tiny_value(shape_, p_.data(), inputs_.col(i).data()) - t_[i];
      sum += weight_[i] * error * error;
    }
    return precision_ * sum + prior_of(p_);
  }

  void update_priors() {
    const auto n = static_cast<double>(t_.size());
    const Eigen::LLT<MatrixXd, Eigen::Lower> factor(curvature());
    if (factor.info() != Eigen::Success) return;
    const MatrixXd inverse = factor.solve(MatrixXd::Identity(p_.size(), p_.size()));
    std::array<double, kGroups> trace{}, square{};
    for (Eigen::Index i = 0; i < p_.size(); ++i) {
      const std::size_t g = group_[static_cast<std::size_t>(i)];
      trace[g] += inverse(i, i);
      square[g] += (p_[i] - centre_[i]) * (p_[i] - centre_[i]);
    }
    effective_ = 0;
    for (std::size_t g = 0; g < kGroups; ++g) {
      const double set = std::clamp(members_[g] - width_[g] * trace[g], 0.0, members_[g]);
      effective_ += set;
      if (g == 0) continue;  // one number tells nothing about its own spread
      width_[g] = std::clamp((set + 1e-3) / (square[g] + 1e-9), 1e-3, 1e4);
    }
    weighted_ = (weight_.array() * residual_.array().square()).sum();
    precision_ =
        std::clamp(std::max(n - effective_, 0.05 * n) / std::max(weighted_, 1e-12), 1.0, 1e10);
    weight_ = (kFreedom + 1) / (kFreedom + precision_ * residual_.array().square());
  }

  const TinyShape& shape_;
  const MatrixXd inputs_;  // inputs x rows
  const VectorXd& t_;
  const VectorXd centre_;
  const std::vector<std::size_t> group_;
  std::array<double, kGroups> members_{};
  std::array<double, kGroups> width_ = {1, 0.1, 0.3, 1};  // inverse variances of the priors
  double precision_ = 100;  // of the errors: a tenth of the data's spread, to begin with
  double effective_ = 0, weighted_ = 0;
  VectorXd p_, weight_, residual_;
  MatrixXd jacobian_;  // parameters x rows
};

}  // namespace

std::vector<double> tiny_start(const TinyShape& shape, const MatrixXd& z, const VectorXd& t,
                               Rng& rng) {
  const int64_t d = shape.inputs;
  MatrixXd with_one(z.rows(), d + 1);
  with_one.col(0).setOnes();
  with_one.rightCols(d) = z;
  MatrixXd normal = with_one.transpose() * with_one;
  normal.diagonal().array() += kRidge * static_cast<double>(z.rows());
  const VectorXd linear = normal.llt().solve(with_one.transpose() * t);
  std::vector<double> p;
  if (shape.sharpness() > 0) p.push_back(0.7);  // k = 2: many logarithms in one deviation
  for (int64_t j = 0; j < shape.terms; ++j) {
    const bool first = j == 0;
    p.push_back(linear[0] - (first ? 0 : rng.uniform(0.5, 2)));
    for (int64_t i = 0; i < d; ++i) {
      p.push_back(linear[i + 1] * (first ? 1 : rng.uniform()) + (first ? 0 : 0.2 * rng.normal()));
    }
  }
  const double scale = 1 / std::sqrt(static_cast<double>(d) + 1);
  for (int64_t h = 0; h < shape.hidden; ++h) {
    for (int64_t i = 0; i <= d; ++i) p.push_back(scale * rng.normal());
    p.push_back(0.1 * rng.normal());
  }
  return p;
}

TinyFit train_tiny(const TinyShape& shape, const MatrixXd& z, const VectorXd& t,
                   std::vector<double> start, const std::vector<double>& centre, int iterations) {
  const auto count = static_cast<Eigen::Index>(shape.parameters());
  KERNWISE_CHECK(static_cast<Eigen::Index>(start.size()) == count && z.rows() == t.size());
  KERNWISE_CHECK(centre.empty() || centre.size() == start.size());
  VectorXd mean = VectorXd::Zero(count);
  if (!centre.empty()) {
    mean = Eigen::Map<const VectorXd>(centre.data(), count);
  } else if (shape.sharpness() > 0) {
    mean[0] = start[0];
  }
  Training training(shape, z, t, Eigen::Map<const VectorXd>(start.data(), count), std::move(mean));
  return training.run(iterations);
}

}  // namespace kernwise::detail
