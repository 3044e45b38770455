// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Candidates of a space too large to list: Pareto sets that evolution finds by predicted accuracy
// and by the predicted cost on known devices, each serving as proxy.
#pragma once

#include <span>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/fleet/latency_table.h"
#include "kernwise/fleet/space.h"

namespace kernwise::detail {

// `costs`: a table over `designs` with at least one column that can be learnt from; `accuracy` of
// the same rows, NaN where unknown. Canonical designs, each once. Of at most `proxies` devices.
Result<std::vector<Design>> evolved_candidates(const DesignSpace& space,
                                               std::span<const Design> designs,
                                               const LatencyTable& costs,
                                               std::span<const double> accuracy, int proxies,
                                               Rng& rng);

}  // namespace kernwise::detail
