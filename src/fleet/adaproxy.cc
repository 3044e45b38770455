// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "adaproxy.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace kernwise::detail {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr int kSteps = 200;
// Of the gradient at b = 0, whose dual norm is the smallest lambda with b = 0.
constexpr std::array<double, 8> kShares = {0.7, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 1e-4};

// Soft threshold by the level at which what is cut off sums to t: the projection onto the l1 ball
// of radius t (Duchi et al. 2008) subtracted, which is the proximal map of t |.|_inf.
Vector shrink_largest(const Vector& x, double t) {
  Vector size = x.cwiseAbs();
  if (size.sum() <= t) return Vector::Zero(x.size());
  std::sort(size.begin(), size.end(), std::greater<>());
  double sum = 0, level = 0;
  for (Eigen::Index i = 0; i < size.size(); ++i) {
    sum += size(i);
    const double candidate = (sum - t) / static_cast<double>(i + 1);
    if (candidate < size(i)) level = candidate;
  }
  return x.cwiseMin(level).cwiseMax(-level);
}

Vector proximal(const Vector& x, double t, AdaNorm norm) {
  switch (norm) {
    case AdaNorm::kOne:
      return x.cwiseSign().cwiseProduct((x.cwiseAbs().array() - t).cwiseMax(0).matrix());
    case AdaNorm::kTwo: return std::max(0.0, 1 - t / std::max(x.norm(), 1e-300)) * x;
    case AdaNorm::kInf: return shrink_largest(x, t);
  }
  return x;
}

double dual_norm(const Vector& x, AdaNorm norm) {
  return norm == AdaNorm::kOne   ? x.cwiseAbs().maxCoeff()
         : norm == AdaNorm::kTwo ? x.norm()
                                 : x.cwiseAbs().sum();
}

// The fits of all lambdas, largest first, each begun where the last one ended. The free a and c are
// projected out: they are least squares given b.
std::vector<AdaFit> path(const Matrix& z, const Vector& y, AdaNorm norm) {
  const Eigen::Index n = z.rows();
  const auto count = static_cast<double>(n);
  Matrix free(n, 2);  // of a and c
  free << z.rowwise().sum(), Vector::Ones(n);
  Matrix normal = free.transpose() * free;
  normal.diagonal().array() += 1e-10 * normal.trace();
  const Matrix onto = normal.inverse() * free.transpose();
  const Matrix zm = z - free * (onto * z);
  const Vector ym = y - free * (onto * y);
  const Matrix gram = zm.transpose() * zm * (2 / count);
  const Vector slope = zm.transpose() * ym * (2 / count);
  const double top =
      Eigen::SelfAdjointEigenSolver<Matrix>(gram, Eigen::EigenvaluesOnly).eigenvalues().maxCoeff();
  const double step = 1 / std::max(top, 1e-12);
  const double most = dual_norm(slope, norm);
  std::vector<AdaFit> fits;
  Vector b = Vector::Zero(z.cols());
  for (const double share : kShares) {
    Vector ahead = b;
    double t = 1;
    for (int i = 0; i < kSteps; ++i) {
      const Vector next =
          proximal(ahead - step * (gram * ahead - slope), step * share * most, norm);
      const double t_next = 0.5 * (1 + std::sqrt(1 + 4 * t * t));
      ahead = next + ((t - 1) / t_next) * (next - b);
      b = next;
      t = t_next;
    }
    const Vector ac = onto * (y - z * b);
    fits.push_back({b, ac(0), ac(1)});
  }
  return fits;
}

}  // namespace

AdaFit fit_adaproxy(const Eigen::MatrixXd& z, const Eigen::VectorXd& y, AdaNorm norm) {
  const Eigen::Index n = y.size();
  const std::vector<AdaFit> fits = path(z, y, norm);
  const Eigen::Index folds = n < 10 ? n : 5;
  if (n < 3) return fits.front();
  std::array<double, kShares.size()> error{};
  for (Eigen::Index fold = 0; fold < folds; ++fold) {
    std::vector<Eigen::Index> in, out;
    for (Eigen::Index i = 0; i < n; ++i) (i % folds == fold ? out : in).push_back(i);
    const std::vector<AdaFit> some = path(z(in, Eigen::all), y(in), norm);
    for (std::size_t k = 0; k < some.size(); ++k) {
      const Vector weights = some[k].b.array() + some[k].a;
      error[k] += ((z(out, Eigen::all) * weights).array() + some[k].c - y(out).array())
                      .matrix()
                      .squaredNorm();
    }
  }
  return fits[static_cast<std::size_t>(std::min_element(error.begin(), error.end()) -
                                       error.begin())];
}

}  // namespace kernwise::detail
