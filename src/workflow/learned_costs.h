// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The costs of a network from a model: carried to this device by a probe, completed by a fallback,
// and verified where the plan stands on them.
#pragma once

#include <string>
#include <vector>

#include "kernwise/workflow/plan_network.h"

namespace kernwise::detail {

struct LearnedCosts {
  std::vector<KnownCost> costs;
  LearnedCostSummary summary;
  std::vector<std::string> warnings;
};

// `known`: combined measurements that may be used as they are (mixed costs); those that this call
// makes are used, and stored, in any case. With a budget of zero nothing is measured, and `store`
// may be null.
Result<LearnedCosts> learned_costs(const LoadedModel& network, const PlanRequest& request,
                                   const std::vector<Measurement>& known, const Device& device,
                                   const MachineContext& context, const ProfileOptions& profiling,
                                   Store* store, Progress& progress, const StopFlag& stop);

// Fills in what only the finished plan tells.
void summarize(const CostTable& table, const Selection& selection, LearnedCostSummary& summary);

}  // namespace kernwise::detail
