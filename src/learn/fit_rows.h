// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Rows of training data: drawing them and holding groups of them out.
#pragma once

#include <cstdint>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/learn/regressor.h"

namespace kernwise::detail {

FitData pick_rows(const FitData& data, const std::vector<int64_t>& rows);

// `count` distinct rows of [0, rows), ascending.
std::vector<int64_t> random_rows(int64_t rows, int64_t count, Rng& rng);

// Every row once, in random order.
std::vector<int64_t> random_order(int64_t rows, Rng& rng);

struct HeldOut {
  FitData train, check;
};
// Holds whole groups out; at most `max_rows` rows to train on and a third of that to check.
HeldOut hold_out(const FitData& data, double share, int64_t max_rows, Rng& rng);

}  // namespace kernwise::detail
