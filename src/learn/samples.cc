// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/samples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "kernwise/base/check.h"

namespace kernwise {
namespace {

template <typename T>
void shuffle(std::vector<T>& values, Rng& rng) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1],
              values[static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(i) - 1))]);
  }
}

// How many of `count` a share is; two parts and the rest get at least one each if they can.
int64_t part(int64_t count, double share) {
  KERNWISE_CHECK(share >= 0 && share < 1);
  if (share == 0) return 0;
  const auto size = static_cast<int64_t>(static_cast<double>(count) * share);
  return std::max<int64_t>(size, count >= 3 ? 1 : 0);
}

}  // namespace

Samples subset(const Samples& samples, const std::vector<int64_t>& rows) {
  Samples result{samples.schema, samples.outputs, {}, {}, {}};
  for (const int64_t row : rows) {
    const auto x = samples.features(row), y = samples.targets(row);
    result.x.insert(result.x.end(), x.begin(), x.end());
    result.y.insert(result.y.end(), y.begin(), y.end());
    result.group.push_back(samples.group[static_cast<std::size_t>(row)]);
  }
  return result;
}

Samples with_outputs(const Samples& samples, const std::vector<std::string>& outputs) {
  Samples result{samples.schema, outputs, samples.x, {}, samples.group};
  std::vector<int64_t> from;
  for (const std::string& name : outputs) {
    const auto at = std::find(samples.outputs.begin(), samples.outputs.end(), name);
    from.push_back(at == samples.outputs.end() ? -1 : at - samples.outputs.begin());
  }
  for (int64_t row = 0; row < samples.rows(); ++row) {
    const auto y = samples.targets(row);
    for (const int64_t at : from) {
      result.y.push_back(at < 0 ? std::numeric_limits<double>::quiet_NaN()
                                : y[static_cast<std::size_t>(at)]);
    }
  }
  return result;
}

Split split_by_group(const std::vector<int>& group, double validation, double test, Rng& rng) {
  const std::set<int> distinct(group.begin(), group.end());
  std::vector<int> order(distinct.begin(), distinct.end());
  shuffle(order, rng);
  const auto count = static_cast<int64_t>(order.size());
  const int64_t tests = part(count, test), checks = part(count, validation);
  const std::set<int> in_test(order.begin(), order.begin() + tests);
  const std::set<int> in_validation(order.begin() + tests, order.begin() + tests + checks);
  Split split;
  for (std::size_t row = 0; row < group.size(); ++row) {
    std::vector<int64_t>& to = in_test.contains(group[row])         ? split.test
                               : in_validation.contains(group[row]) ? split.validation
                                                                    : split.train;
    to.push_back(static_cast<int64_t>(row));
  }
  return split;
}

Split split_by_row(int64_t rows, double validation, double test, Rng& rng) {
  std::vector<int> each(static_cast<std::size_t>(rows));
  std::iota(each.begin(), each.end(), 0);
  return split_by_group(each, validation, test, rng);
}

Standardizer Standardizer::fit(std::span<const double> values, int64_t columns) {
  Standardizer result;
  const auto width = static_cast<std::size_t>(columns);
  for (std::size_t column = 0; column < width; ++column) {
    double count = 0, sum = 0, squares = 0;
    for (std::size_t i = column; i < values.size(); i += width) {
      if (!std::isnan(values[i])) ++count, sum += values[i];
    }
    const double mean = count > 0 ? sum / count : 0;
    for (std::size_t i = column; i < values.size(); i += width) {
      if (!std::isnan(values[i])) squares += (values[i] - mean) * (values[i] - mean);
    }
    const double deviation = count > 1 ? std::sqrt(squares / count) : 0;
    result.mean.push_back(mean);
    result.deviation.push_back(deviation > 1e-9 ? deviation : 1.0);
  }
  return result;
}

}  // namespace kernwise
