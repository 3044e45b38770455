// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How good a prediction could be at all. Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "kernwise/fleet/latency_table.h"

namespace kernwise {

// For each device, the Spearman correlation on `query` of a model that was fitted to this very
// device on the designs outside of `query` (at most 1500 of them). What is missing to 1 is noise of
// the measurements, ties, and what the encoding does not say: few samples cannot do much better.
std::vector<double> fully_measured_spearman(const LatencyTable& table,
                                            std::span<const std::size_t> devices,
                                            std::span<const std::size_t> query);

}  // namespace kernwise
