// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "tiny_inputs.h"

#include <Eigen/QR>

#include <algorithm>
#include <cmath>

namespace kernwise::detail {
namespace {

constexpr double kLeastReach = 0.15;  // of a size
constexpr double kLeastShare = 0.02;  // of the squared error that one more input has to take away

double squared_error(const PartData& all, const std::vector<int64_t>& inputs) {
  Eigen::MatrixXd x(all.z.rows(), static_cast<Eigen::Index>(inputs.size()) + 1);
  x.col(0).setOnes();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    x.col(static_cast<Eigen::Index>(i) + 1) = all.z.col(inputs[i]);
  }
  const Eigen::VectorXd fit = x.colPivHouseholderQr().solve(all.t);
  return (x * fit - all.t).squaredNorm();
}

}  // namespace

PartData rows_for(const FitData& data, const std::vector<int64_t>& inputs, int64_t output) {
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < data.rows; ++i) {
    if (!std::isnan(data.t[static_cast<std::size_t>(i * data.outputs + output)])) rows.push_back(i);
  }
  const auto count = static_cast<Eigen::Index>(rows.size());
  PartData part{Eigen::MatrixXd(count, static_cast<Eigen::Index>(inputs.size())),
                Eigen::VectorXd(count)};
  for (Eigen::Index i = 0; i < count; ++i) {
    const int64_t row = rows[static_cast<std::size_t>(i)];
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      part.z(i, static_cast<Eigen::Index>(k)) =
          double{data.z[static_cast<std::size_t>(row * data.inputs + inputs[k])]};
    }
    part.t[i] = double{data.t[static_cast<std::size_t>(row * data.outputs + output)]};
  }
  return part;
}

std::vector<int64_t> telling_inputs(const FitData& data, int64_t output) {
  std::vector<int64_t> every, sizes, complexity, derived;
  for (int64_t f = 0; f < data.inputs; ++f) every.push_back(f);
  const PartData part = rows_for(data, every, output);
  if (part.z.rows() < 2) return {};
  std::vector<int64_t> seen;
  for (const int64_t f : every) {
    const auto column = part.z.col(f);
    const bool repeats = std::any_of(seen.begin(), seen.end(), [&](int64_t other) {
      return (part.z.col(other) - column).cwiseAbs().maxCoeff() < 1e-3;
    });
    const auto at = static_cast<std::size_t>(f);
    const double reach = data.reach[at];
    if (repeats || column.maxCoeff() - column.minCoeff() < 1e-4) continue;
    if (reach != 0 && reach < kLeastReach) continue;
    seen.push_back(f);
    const bool work = !data.complexity.empty() && data.complexity[at] != 0;
    (reach != 0 ? sizes : work ? complexity : derived).push_back(f);
  }
  std::vector<int64_t> chosen = std::move(sizes);
  chosen.resize(std::min(chosen.size(), kMaxTinyInputs - 2));
  chosen.insert(chosen.end(), complexity.begin(), complexity.end());
  std::reverse(derived.begin(), derived.end());  // of equals, memory sizes before counts of results
  double error = squared_error(part, chosen);
  while (!derived.empty() && chosen.size() < kMaxTinyInputs) {
    std::size_t best = 0;
    double least = 0;
    for (std::size_t i = 0; i < derived.size(); ++i) {
      std::vector<int64_t> with = chosen;
      with.push_back(derived[i]);
      const double left = squared_error(part, with);
      // What is a sum of others changes nothing but rounding.
      if (i > 0 && !(left < least * (1 - 1e-6))) continue;
      best = i;
      least = left;
    }
    if (chosen.size() >= kUsualInputs && least > (1 - kLeastShare) * error) break;
    error = least;
    chosen.push_back(derived[best]);
    derived.erase(derived.begin() + static_cast<std::ptrdiff_t>(best));
  }
  return chosen;
}

}  // namespace kernwise::detail
