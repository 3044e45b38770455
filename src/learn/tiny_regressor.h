// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// nn-c: for each output a network of its own of at most 75 parameters (tiny_net.h), after
// Srivastava et al. 2020, who feed networks of that size with the known complexity of the work.
#pragma once

#include <memory>

#include "kernwise/learn/regressor.h"

namespace kernwise::detail {

inline constexpr int64_t kTinyParameters = 75;

// Several starts in several divisions of the parameters between powers and hidden units; the best
// by its score on the training data is kept. FitOptions::epochs: steps of each start, restarts: how
// many of them.
Result<std::unique_ptr<Regressor>> fit_tiny(const FitData& data, const FitOptions& options,
                                            Rng& rng);
Result<std::unique_ptr<Regressor>> restore_tiny(const RegressorState& state);

}  // namespace kernwise::detail
