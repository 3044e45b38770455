// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What int8 would cost a network, and what it would cost in accuracy: which problems are to be
// measured, which options the ranges of the values allow, and how wrong each layer gets.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/quantize.h"
#include "kernwise/primitives/primitive.h"
#include "kernwise/select/cost_table.h"

namespace kernwise::detail {

using Ranges = std::vector<std::optional<ValueRange>>;  // by value

// Transforms from and to int8 for the values that some layer could read or make so. Not from
// nchw8c: where there is VNNI, no plan has a use for it.
std::vector<Problem> int8_transforms(const LayerGraph& graph, const Ranges& ranges);

// For the profiler: of each problem only the int8 primitives, or the one transform.
std::map<std::string, std::set<std::string>> int8_pairs(const std::vector<Problem>& problems,
                                                        const std::vector<std::string>& wanted);

// Takes out of the table what the ranges do not allow: numbers without a sign for values that have
// one, and int8 for values without a range.
void keep_fitting(const LayerGraph& graph, const Ranges& ranges, CostTable& table);

bool is_int8(const CostOption& option);  // its primitive is of less precision than fp32

// Error of each layer in int8, from the values that it reads in fp32 to floats: max |difference|
// over max |reference|, where the reference is the run in fp32 that `values` are of. Infinity for
// a layer that has no such option, 0 for one that only moves numbers.
Result<std::vector<double>> int8_errors(const LayerGraph& graph, const CostTable& table,
                                        const Ranges& ranges,
                                        const std::vector<std::vector<float>>& values,
                                        const Execution& execution);

}  // namespace kernwise::detail
