// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "residual_process.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernwise/base/statistics.h"
#include "matmul.h"

namespace kernwise::detail {
namespace {

constexpr int kMaxSteps = 1500;
constexpr double kTolerance = 1e-4;  // of the right-hand side; the data are noisier than that

using Values = std::vector<double>;

// The three parts of the kernel, applied to coefficients (rows x outputs).
class Process {
 public:
  Process(const ResidualData& data, const ResidualPrior& prior,
          const std::vector<KernelExpansion::Axis>& axes)
      : data_(data), prior_(prior) {
    families_ = 1 + *std::max_element(data.family.begin(), data.family.end());
    kernel_ = gram(data.z, data.rows, data.inputs, axes);
    for (const auto& axis : axes) slopes_.push_back(axis.index);
    axes_.assign(static_cast<std::size_t>(data.rows) * slopes_.size(), 0);
    for (int64_t i = 0; i < data.rows; ++i) {
      for (std::size_t a = 0; a < slopes_.size(); ++a) {
        axes_[static_cast<std::size_t>(i) * slopes_.size() + a] =
            double{data.z[static_cast<std::size_t>(i * data.inputs + slopes_[a])]};
      }
    }
    for (int64_t a = 0; a < static_cast<int64_t>(slopes_.size()); ++a) {
      for (int64_t i = 0; i < data.rows; ++i) {
        turned_.push_back(
            axes_[static_cast<std::size_t>(i) * slopes_.size() + static_cast<std::size_t>(a)]);
      }
    }
  }

  // rows x outputs -> the same, times C, L or S from the right.
  void mix(const Shares& shares, Values& values) const {
    const auto width = static_cast<std::size_t>(data_.outputs);
    Values family(static_cast<std::size_t>(families_));
    for (std::size_t row = 0; row < values.size(); row += width) {
      std::fill(family.begin(), family.end(), 0.0);
      double all = 0;
      for (std::size_t p = 0; p < width; ++p) {
        all += values[row + p];
        family[static_cast<std::size_t>(data_.family[p])] += values[row + p];
      }
      for (std::size_t p = 0; p < width; ++p) {
        values[row + p] = shares.common * all +
                          shares.family * family[static_cast<std::size_t>(data_.family[p])] +
                          shares.own * values[row + p];
      }
    }
  }

  Values factors(const Values& v) const {  // 1 x outputs
    Values sum(static_cast<std::size_t>(data_.outputs), 0.0);
    for (std::size_t i = 0; i < v.size(); ++i) sum[i % sum.size()] += v[i];
    mix(prior_.factor, sum);
    return sum;
  }
  Values slopes(const Values& v) const {  // axes x outputs
    const auto d = static_cast<int64_t>(slopes_.size());
    Values sum(static_cast<std::size_t>(d * data_.outputs), 0.0);
    matmul_add(d, data_.outputs, data_.rows, 1.0, turned_.data(), data_.rows, v.data(),
               data_.outputs, sum.data(), data_.outputs);
    mix(prior_.slope, sum);
    return sum;
  }
  const std::vector<int64_t>& axes() const { return slopes_; }

  void apply(const Values& v, Values& to) const {
    const int64_t n = data_.rows, width = data_.outputs, d = static_cast<int64_t>(slopes_.size());
    std::fill(to.begin(), to.end(), 0.0);
    matmul_add(n, width, n, 1.0, kernel_.data(), n, v.data(), width, to.data(), width);
    mix(prior_.smooth, to);
    const Values slope = slopes(v);
    matmul_add(n, width, d, 1.0, axes_.data(), d, slope.data(), width, to.data(), width);
    const Values factor = factors(v);
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] += factor[i % factor.size()] + prior_.noise * v[i];
      if (std::isnan(data_.residual[i])) to[i] = 0;
    }
  }

 private:
  const ResidualData& data_;
  const ResidualPrior& prior_;
  int families_ = 1;
  std::vector<int64_t> slopes_;
  Values kernel_, axes_, turned_;
};

double dot(const Values& a, const Values& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Conjugate gradients (Hestenes & Stiefel 1952) from zero.
Values solve(const Process& process, const Values& right) {
  Values x(right.size(), 0.0), rest = right, direction = right, image(right.size());
  double square = dot(rest, rest);
  const double enough = square * kTolerance * kTolerance;
  for (int step = 0; step < kMaxSteps && square > enough; ++step) {
    process.apply(direction, image);
    const double curvature = dot(direction, image);
    if (!(curvature > 0)) break;
    const double length = square / curvature;
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] += length * direction[i];
      rest[i] -= length * image[i];
    }
    const double next = dot(rest, rest);
    for (std::size_t i = 0; i < x.size(); ++i) {
      direction[i] = rest[i] + next / square * direction[i];
    }
    square = next;
  }
  return x;
}

}  // namespace

KernelExpansion fit_residual(const ResidualData& data, const ResidualPrior& prior) {
  std::vector<KernelExpansion::Axis> axes;
  for (int64_t f = 0; f < data.inputs; ++f) {
    bool varies = false;
    for (int64_t i = 1; i < data.rows && !varies; ++i) {
      varies = data.z[static_cast<std::size_t>(i * data.inputs + f)] !=
               data.z[static_cast<std::size_t>(f)];
    }
    const double reach = data.reach[static_cast<std::size_t>(f)];
    if (reach > 0 && varies) axes.push_back({f, static_cast<float>(reach * prior.reach)});
  }
  Values measured;
  for (const double r : data.residual) {
    if (!std::isnan(r)) measured.push_back(r);
  }
  const double middle = measured.empty() ? 0 : median(measured);
  Values right(data.residual.size(), 0.0);
  for (std::size_t i = 0; i < right.size(); ++i) {
    if (!std::isnan(data.residual[i])) right[i] = data.residual[i] - middle;
  }
  const Process process(data, prior, axes);
  Values v = solve(process, right);
  std::vector<float> linear(static_cast<std::size_t>((1 + data.inputs) * data.outputs), 0.0F);
  const Values factor = process.factors(v), slope = process.slopes(v);
  for (int64_t p = 0; p < data.outputs; ++p) {
    linear[static_cast<std::size_t>(p)] =
        static_cast<float>(middle + factor[static_cast<std::size_t>(p)]);
    for (std::size_t a = 0; a < process.axes().size(); ++a) {
      linear[static_cast<std::size_t>((1 + process.axes()[a]) * data.outputs + p)] =
          static_cast<float>(
              slope[a * static_cast<std::size_t>(data.outputs) + static_cast<std::size_t>(p)]);
    }
  }
  process.mix(prior.smooth, v);
  return KernelExpansion(data.inputs, data.outputs, axes, data.z,
                         std::vector<float>(v.begin(), v.end()), std::move(linear));
}

}  // namespace kernwise::detail
