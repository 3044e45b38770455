// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which inputs a tiny network sees: a few, since each costs parameters. Those that vary over the
// rows of its output, each once (the width of square images repeats their height), in this order:
//
//  - the sizes (Feature::reach of at least 0.15), as many as leave room for two others;
//  - the complexity of the work (Feature::complexity), which is never left out;
//  - of the other derived ones, one after the other, the one that most lowers the squared error of
//    a linear fit beside those chosen so far (forward selection). A kind's schema holds the terms
//    of many algorithms; this finds those of the output's own. Up to kUsualInputs whatever they
//    tell, up to kMaxTinyInputs while each tells something.
//
// Thread-safety: pure functions.
#pragma once

#include <Eigen/Core>

#include <cstdint>
#include <vector>

#include "kernwise/learn/regressor.h"

namespace kernwise::detail {

inline constexpr std::size_t kUsualInputs = 6, kMaxTinyInputs = 9;

struct PartData {
  Eigen::MatrixXd z;  // rows x inputs
  Eigen::VectorXd t;  // rows
};

// The rows where `output` was measured, with those inputs.
PartData rows_for(const FitData& data, const std::vector<int64_t>& inputs, int64_t output);

std::vector<int64_t> telling_inputs(const FitData& data, int64_t output);

}  // namespace kernwise::detail
