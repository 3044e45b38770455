// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Ridge regression, one for each output: the baseline of Mulder et al. 2020.
#pragma once

#include <memory>

#include "kernwise/learn/regressor.h"

namespace kernwise::detail {

Result<std::unique_ptr<Regressor>> fit_linear(const FitData& data);
Result<std::unique_ptr<Regressor>> restore_linear(const RegressorState& state);

}  // namespace kernwise::detail
