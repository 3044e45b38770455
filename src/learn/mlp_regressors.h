// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Two of the network regressors: one net for all outputs (nn2) and one for each (nn1).
#pragma once

#include <memory>

#include "kernwise/learn/regressor.h"

namespace kernwise::detail {

Result<std::unique_ptr<Regressor>> fit_mlp_shared(const FitData& data, const FitOptions& options,
                                                  Rng& rng);
Result<std::unique_ptr<Regressor>> fit_mlp_each(const FitData& data, const FitOptions& options,
                                                Rng& rng);
Result<std::unique_ptr<Regressor>> restore_mlp(const RegressorState& state);

}  // namespace kernwise::detail
