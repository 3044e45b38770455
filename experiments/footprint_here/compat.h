// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// perf4sight's own method on our rows: its 56 features of a network's convolutions, 300
// extra-trees without bootstrap, bytes and seconds as they are; a model for each optimizer, because
// its features do not know of one.
#pragma once

#include <array>
#include <vector>

#include "study.h"

namespace kernwise::footprint_here {

Result<std::vector<std::array<double, kTargets>>> predict_compat(
    const Data& data, const std::vector<std::size_t>& train, const std::vector<std::size_t>& test,
    const Options& options);

}  // namespace kernwise::footprint_here
