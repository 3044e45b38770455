// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "check_plan.h"

namespace kernwise {

std::filesystem::path find_model(const RunRequest& request, const Plan& plan) {
  if (!request.model.empty()) return request.model;
  const std::filesystem::path named = plan.network;
  if (std::filesystem::exists(named) || named.empty()) return named;
  const std::filesystem::path beside = request.plan.parent_path() / named.filename();
  return std::filesystem::exists(beside) ? beside : named;
}

Status check_plan_network(const Plan& plan, const LoadedModel& model) {
  if (model.graph.content_hash == plan.network_hash) return Ok{};
  return invalid_input(
      "this is not the network that was planned, or it has other shapes: " + model.path.string(),
      "give the right file and the same --shape, or plan it anew");
}

}  // namespace kernwise
