// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "prior_basis.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "thinned_rows.h"

namespace kernwise::detail {
namespace {

constexpr std::size_t kReferenceRows = 300;
constexpr std::size_t kEffectRows = 4000;
constexpr int kBackfits = 12;

Eigen::Index at(std::size_t i) { return static_cast<Eigen::Index>(i); }

}  // namespace

PriorBasis::PriorBasis(const DesignKernels& kernels, const SmoothedSources& sources,
                       std::span<const std::size_t> columns)
    : kernels_(&kernels) {
  const Eigen::Index n = sources.fitted.rows();
  fitted_.resize(n, at(columns.size()));
  residual_.resize(n, at(columns.size()));
  for (std::size_t c = 0; c < columns.size(); ++c) {
    fitted_.col(at(c)) = sources.fitted.col(at(columns[c]));
    residual_.col(at(c)) = sources.residual.col(at(columns[c]));
  }
  mean_ = fitted_.rowwise().mean();
  const Eigen::SelfAdjointEigenSolver<Matrix> factors(fitted_.transpose() * fitted_);
  // Fitted = U D V': U D^(1/2) has the square roots of the eigenvalues.
  Vector power = factors.eigenvalues();
  const double largest = std::max(1e-12, power.maxCoeff());
  for (double& value : power) value = value > 1e-6 * largest ? std::pow(value, -0.25) : 0;
  flat_ = factors.eigenvectors() * power.asDiagonal();
  std::size_t offset = 0;
  for (const auto& choices : kernels.table().encoding.choices) {
    offset_.push_back(offset);
    offset += choices.size();
  }
  effects_ = Vector::Zero(at(offset));
  fit_main_effects(mean_);
  const std::vector<std::size_t> rows = thinned_rows(static_cast<std::size_t>(n), kReferenceRows);
  for (std::size_t b = 0; b < kBlocks; ++b) {
    if (b >= kBasicBlocks && kernels.table().pruned.empty()) continue;
    scale_[b] = 1;
    const Matrix gram = raw_gram(static_cast<Block>(b), rows, rows);
    const double varies = gram.diagonal().mean() - gram.mean();
    scale_[b] = varies > 1e-9 * std::abs(gram.mean()) + 1e-12 ? 1 / varies : 0;
  }
}

// Least squares on the one-hot encoding by backfitting, which needs no matrix of it.
void PriorBasis::fit_main_effects(const Vector& mean) {
  const LatencyTable& table = kernels_->table();
  const std::vector<std::size_t> rows = thinned_rows(table.rows(), kEffectRows);
  std::vector<double> left(rows.size());
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) sum += left[i] = mean(at(rows[i]));
  for (double& value : left) value -= sum / static_cast<double>(rows.size());
  for (int pass = 0; pass < kBackfits; ++pass) {
    for (std::size_t p = 0; p < table.positions(); ++p) {
      const std::size_t choices = table.encoding.choices[p].size();
      std::vector<double> total(choices, 0), count(choices, 0);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const uint16_t c = table.design(rows[i])[p];
        total[c] += left[i];
        count[c] += 1;
      }
      for (std::size_t c = 0; c < choices; ++c) {
        total[c] = count[c] > 0 ? total[c] / (count[c] + 0.1) : 0;
        effects_(at(offset_[p] + c)) += total[c];
      }
      for (std::size_t i = 0; i < rows.size(); ++i) left[i] -= total[table.design(rows[i])[p]];
    }
  }
}

Matrix PriorBasis::features(Block block, Rows rows) const {
  const LatencyTable& table = kernels_->table();
  const bool places = block == Block::kPlaces;
  Matrix result;
  if (places || block == Block::kKinds) {
    result = Matrix::Zero(at(rows.size()), at(places ? table.positions() : kernels_->kinds()));
    if (result.cols() == 0) return Matrix::Zero(at(rows.size()), 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto design = table.design(rows[i]);
      for (std::size_t p = 0; p < design.size(); ++p) {
        result(at(i), places ? at(p) : design[p]) += effects_(at(offset_[p] + design[p]));
      }
    }
    return result;
  }
  const Matrix& source = block == Block::kResidual ? residual_ : fitted_;
  Matrix picked(at(rows.size()), source.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) picked.row(at(i)) = source.row(at(rows[i]));
  if (block == Block::kFlat) return picked * flat_;
  if (block == Block::kMean) return picked.rowwise().mean();
  return picked;
}

std::vector<std::size_t> PriorBasis::pruned(Rows rows) const {
  std::vector<std::size_t> result;
  for (const std::size_t row : rows) result.push_back(kernels_->table().pruned[row]);
  return result;
}

Matrix PriorBasis::raw_gram(Block block, Rows a, Rows b) const {
  if (is_pruned(block)) return raw_gram(basic(block), pruned(a), pruned(b));
  if (block == Block::kOneHot) return kernels_->matches(a, b);
  if (block == Block::kSmooth) return kernels_->smooth(a, b);
  if (block == Block::kRich) return kernels_->rich(a, b, false);
  if (block != Block::kModulated) return features(block, a) * features(block, b).transpose();
  const LatencyTable& table = kernels_->table();
  Matrix result = Matrix::Zero(at(a.size()), at(b.size()));
  for (std::size_t j = 0; j < b.size(); ++j) {
    const auto y = table.design(b[j]);
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto x = table.design(a[i]);
      for (std::size_t p = 0; p < x.size(); ++p) {
        if (x[p] != y[p]) continue;
        const double effect = effects_(at(offset_[p] + x[p]));
        result(at(i), at(j)) += effect * effect;
      }
    }
  }
  return result;
}

Matrix PriorBasis::gram(Block block, Rows a, Rows b) const {
  if (empty(block)) return Matrix::Zero(at(a.size()), at(b.size()));
  return scale_[static_cast<std::size_t>(block)] * raw_gram(block, a, b);
}

Vector PriorBasis::diagonal(Block block, Rows rows) const {
  if (empty(block)) return Vector::Zero(at(rows.size()));
  const double scale = scale_[static_cast<std::size_t>(block)];
  if (is_pruned(block)) {
    const double own = scale_[static_cast<std::size_t>(basic(block))];
    if (own == 0) return Vector::Zero(at(rows.size()));
    return scale / own * diagonal(basic(block), pruned(rows));
  }
  if (block == Block::kSmooth) return Vector::Constant(at(rows.size()), scale);
  const LatencyTable& table = kernels_->table();
  if (block == Block::kOneHot || block == Block::kRich || block == Block::kModulated) {
    Vector result(at(rows.size()));
    if (block == Block::kModulated) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        result(at(i)) = raw_gram(block, rows.subspan(i, 1), rows.subspan(i, 1))(0, 0);
      }
      return scale * result;
    }
    const auto p = static_cast<double>(table.positions());
    result.setConstant(block == Block::kOneHot ? p : p + 0.49 * 0.5 * p * (p - 1));
    return scale * result;
  }
  return scale * features(block, rows).rowwise().squaredNorm();
}

}  // namespace kernwise::detail
