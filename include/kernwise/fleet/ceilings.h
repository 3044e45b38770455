// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How good a prediction by our own model is when the device was fully measured: a reference beside
// few-shot figures, no bound on them (what many devices share can say more). Thread-safety: pure
// functions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "kernwise/fleet/latency_table.h"

namespace kernwise {

// For each device, the Spearman correlation on `query` of a model that was fitted to this very
// device on the designs outside of `query` (at most 1500 of them).
std::vector<double> fully_measured_spearman(const LatencyTable& table,
                                            std::span<const std::size_t> devices,
                                            std::span<const std::size_t> query);

}  // namespace kernwise
