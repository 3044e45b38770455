// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise explain`: why a layer got its primitive. All candidates with what is known of them, the
// refusals with their reasons, the layouts around it, and what choosing otherwise would cost.
#pragma once

#include <string>
#include <vector>

#include "kernwise/workflow/plan_network.h"

namespace kernwise {

struct ExplainedCandidate {
  std::string primitive;
  Layout in = Layout::kNchw, out = Layout::kNchw;
  // "chosen", "measured", "predicted", "roofline", "view", "refused", "failed", "unmeasured"
  std::string status;
  std::string reason;  // of a refusal or failure
  double time_s = 0;
  // Measured: the median's 95 % interval. Predicted: the model's, of the coverage that it states.
  double low_s = 0, high_s = 0;
  double spread = 0;
  char grade = 'F';
  int runs = 0;
  int64_t workspace_bytes = 0;
  int64_t packed_bytes = 0;  // of its weights; 0 for a prediction that is not chosen: not known
  // Cost of the best plan of the whole network that uses this candidate here, over the chosen
  // plan's, minus one. Says what layouts around the layer do to the choice. Measured ones only.
  double plan_regret = 0;
};

struct ExplainedLayer {
  std::string layer;
  std::string problem;
  Macs macs;
  std::vector<std::string> covers;             // nodes of the network that it computes
  std::vector<ExplainedCandidate> candidates;  // chosen first, then by time, refusals last
  StepBytes bytes;                             // that it holds in the chosen plan
  std::vector<PlannedTransform> transforms;    // around this layer, in the chosen plan
};

struct ExplainRequest {
  PlanRequest plan;                 // budget 0: explains from the store alone
  std::vector<std::string> layers;  // names; empty: every layer
};

Result<std::vector<ExplainedLayer>> explain_layers(const ExplainRequest& request,
                                                   Progress& progress, const StopFlag& stop);

}  // namespace kernwise
