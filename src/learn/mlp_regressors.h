// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The three network regressors: one net for all outputs (nn2), one for each (nn1), and tiny ones
// of at most 75 parameters (nn-c, after Srivastava et al. 2020: sizes of the work as inputs).
#pragma once

#include <memory>

#include "kernwise/learn/regressor.h"

namespace kernwise::detail {

inline constexpr int64_t kTinyParameters = 75;

Result<std::unique_ptr<Regressor>> fit_mlp_shared(const FitData& data, const FitOptions& options,
                                                  Rng& rng);
Result<std::unique_ptr<Regressor>> fit_mlp_each(const FitData& data, const FitOptions& options,
                                                Rng& rng);
Result<std::unique_ptr<Regressor>> fit_mlp_tiny(const FitData& data, const FitOptions& options,
                                                Rng& rng);
Result<std::unique_ptr<Regressor>> restore_mlp(const RegressorState& state);

}  // namespace kernwise::detail
