// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which schedules are looked at: a random part of the space, and a spread-out sample of it.
#pragma once

#include <cstddef>
#include <vector>

#include "kernwise/base/rng.h"
#include "workload.h"

namespace kernwise::halide {

// Distinct, valid at side n, each valid point of the space equally likely; fewer if the space is
// smaller. n: the smallest side of the study.
std::vector<Knobs> random_schedules(const Workload& workload, int64_t n, std::size_t count,
                                    Rng& rng);

// `count` of the given candidates (indices into pool) by Mitchell's best candidate (1991): of ten
// random ones, the one farthest from all that were taken. Distance: Euclidean over the positions
// of the knobs' values, each knob scaled to [0, 1].
std::vector<std::size_t> spread_out(const Workload& workload, const std::vector<Knobs>& pool,
                                    const std::vector<std::size_t>& candidates, std::size_t count,
                                    Rng& rng);

}  // namespace kernwise::halide
