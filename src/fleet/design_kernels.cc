// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "design_kernels.h"

#include <cmath>

namespace kernwise::detail {
namespace {

constexpr double kPairWeight = 0.7;

Eigen::Index at(std::size_t i) { return static_cast<Eigen::Index>(i); }

// rows x kinds: how often a design makes each choice.
Matrix count_choices(const LatencyTable& table, Rows rows, std::size_t kinds) {
  Matrix counts = Matrix::Zero(at(rows.size()), at(kinds));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const uint16_t choice : table.design(rows[i])) counts(at(i), choice) += 1;
  }
  return counts;
}

}  // namespace

DesignKernels::DesignKernels(const LatencyTable& table) : table_(&table) {
  if (table.encoding.same_choices()) kinds_ = table.encoding.choices.front().size();
}

Matrix DesignKernels::matches(Rows a, Rows b) const {
  Matrix result(at(a.size()), at(b.size()));
  const std::size_t positions = table_->positions();
  for (std::size_t j = 0; j < b.size(); ++j) {
    const uint16_t* y = table_->design(b[j]).data();
    for (std::size_t i = 0; i < a.size(); ++i) {
      const uint16_t* x = table_->design(a[i]).data();
      int same = 0;
      for (std::size_t p = 0; p < positions; ++p) same += x[p] == y[p];
      result(at(i), at(j)) = same;
    }
  }
  return result;
}

Matrix DesignKernels::counts(Rows a, Rows b) const {
  if (kinds_ == 0) return Matrix::Zero(at(a.size()), at(b.size()));
  return count_choices(*table_, a, kinds_) * count_choices(*table_, b, kinds_).transpose();
}

Matrix DesignKernels::rich(Rows a, Rows b, bool with_counts) const {
  const Matrix m = matches(a, b);
  Matrix result = m.array() + kPairWeight * kPairWeight * 0.5 * m.array() * (m.array() - 1);
  if (with_counts) result += counts(a, b);
  return result;
}

Matrix DesignKernels::smooth(Rows a, Rows b) const {
  const auto positions = static_cast<double>(table_->positions());
  if (kinds_ == 0) return (matches(a, b).array() - positions).exp();
  const Matrix x = count_choices(*table_, a, kinds_), y = count_choices(*table_, b, kinds_);
  Matrix result = -2 * x * y.transpose();
  result.colwise() += x.rowwise().squaredNorm();
  result.rowwise() += y.rowwise().squaredNorm().transpose();
  return (result.array() * (-0.5 / positions)).exp();
}

}  // namespace kernwise::detail
