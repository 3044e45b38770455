// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What to measure of a device that a model is to be carried to.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "kernwise/workflow/predicted_costs.h"

namespace kernwise::detail {

// Canonical problem -> ids of primitives.
using Pairs = std::map<std::string, std::set<std::string>>;

// The candidates of a problem that are worth a probe by what the source model says: at most twelve,
// within three times the best. Slower ones will not be chosen and cost the most to measure.
std::set<std::string> promising(const PredictedProblem& predicted);

// Indices of the problems that were predicted, first things first: convolutions in the order in
// which they tell most about all of them, four by four, with one of each other kind between.
std::vector<std::size_t> probe_order(const std::vector<Problem>& problems,
                                     const std::vector<PredictedProblem>& predicted,
                                     const DeviceModel& source, uint64_t seed);

}  // namespace kernwise::detail
