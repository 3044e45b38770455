// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "context_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace kernwise::detail {

std::string context_json(const MachineContext& context) {
  nlohmann::ordered_json json;
  json["kernel"] = context.kernel;
  json["compiler"] = context.compiler;
  json["build"] = context.build;
  json["libraries"] = context.libraries;
  json["governor"] = context.governor;
  json["turbo"] = context.turbo;
  json["hypervisor"] = context.hypervisor;
  json["huge_pages"] = context.huge_pages;
  json["load_average"] = std::isfinite(context.load_average) ? context.load_average : 0;
  json["cpus"] = context.cpus;
  json["priority"] = context.priority;
  json["timestamp"] = context.timestamp;
  // Names from the system may hold anything; the store holds UTF-8.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace kernwise::detail
