// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The flags of every command that plans: plan, explain, bench.
#pragma once

#include <string>
#include <vector>

#include "arguments.h"
#include "kernwise/report/envelope.h"
#include "kernwise/workflow/plan_network.h"
#include "session.h"

namespace kernwise::cli {

struct PlanFlags {
  PlanRequest request;
  std::string policy = "fastest";
  std::string costs = "measured", fallback = "measure";
  std::string device;  // --device: empty, or replay:STORE
  int64_t verify_top = 3;
};

void declare_plan_flags(Arguments& arguments, PlanFlags& flags);
// Fills in what the common flags decide.
PlanRequest plan_request(const PlanFlags& flags, const std::string& model, const Session& session);
std::vector<ReportOption> plan_options(const PlanRequest& request);

}  // namespace kernwise::cli
