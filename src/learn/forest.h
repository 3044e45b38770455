// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Sums of regression trees, one sum for each output, as flat arrays. Grown by extra_trees.cc and
// boosted_trees.cc; evaluated here alone, so that a model file is data and never code, and a
// prediction needs no library.
#pragma once

#include <memory>
#include <vector>

#include "kernwise/learn/regressor.h"

namespace kernwise::detail {

// A leaf has left < 0 and adds `value`; others go left if z[input] < threshold. Children come
// after their parent.
struct TreeNode {
  int32_t input = 0;
  int32_t left = -1, right = -1;
  float value = 0;  // threshold, or the leaf's value
};
struct Forest {
  std::vector<TreeNode> nodes;
  std::vector<int32_t> roots;
  float base = 0;
};

std::unique_ptr<Regressor> make_forest_regressor(RegressorKind kind, int64_t inputs,
                                                 std::vector<Forest> forests);
Result<std::unique_ptr<Regressor>> restore_forest(const RegressorState& state);

Result<std::unique_ptr<Regressor>> fit_extra_trees(const FitData& data, const FitOptions& options,
                                                   Rng& rng);
// kUnsupported in a build without XGBoost.
Result<std::unique_ptr<Regressor>> fit_boosted_trees(const FitData& data, const FitOptions& options,
                                                     Rng& rng);

}  // namespace kernwise::detail
