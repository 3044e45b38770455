// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "fit_rows.h"

#include <algorithm>
#include <numeric>

#include "kernwise/learn/samples.h"

namespace kernwise::detail {

FitData pick_rows(const FitData& data, const std::vector<int64_t>& rows) {
  FitData result{static_cast<int64_t>(rows.size()),
                 data.inputs,
                 data.outputs,
                 {},
                 {},
                 {},
                 data.reach,
                 data.complexity};
  for (const int64_t row : rows) {
    const auto z = data.z.begin() + row * data.inputs;
    const auto t = data.t.begin() + row * data.outputs;
    result.z.insert(result.z.end(), z, z + data.inputs);
    result.t.insert(result.t.end(), t, t + data.outputs);
    result.group.push_back(data.group[static_cast<std::size_t>(row)]);
  }
  return result;
}

std::vector<int64_t> random_order(int64_t rows, Rng& rng) {
  std::vector<int64_t> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), 0);
  for (int64_t i = rows; i > 1; --i) {
    std::swap(order[static_cast<std::size_t>(i - 1)],
              order[static_cast<std::size_t>(rng.integer(0, i - 1))]);
  }
  return order;
}

std::vector<int64_t> random_rows(int64_t rows, int64_t count, Rng& rng) {
  std::vector<int64_t> order = random_order(rows, rng);
  order.resize(static_cast<std::size_t>(std::min(rows, count)));
  std::sort(order.begin(), order.end());
  return order;
}

HeldOut hold_out(const FitData& data, double share, int64_t max_rows, Rng& rng) {
  const Split split = split_by_group(data.group, share, 0, rng);
  const auto drawn = [&](const std::vector<int64_t>& rows, int64_t most) {
    std::vector<int64_t> kept;
    for (const int64_t i : random_rows(static_cast<int64_t>(rows.size()), most, rng)) {
      kept.push_back(rows[static_cast<std::size_t>(i)]);
    }
    return pick_rows(data, kept);
  };
  FitData train = drawn(split.train, max_rows);
  FitData check = drawn(split.validation, std::max<int64_t>(1, max_rows / 3));
  return {std::move(train), std::move(check)};
}

}  // namespace kernwise::detail
