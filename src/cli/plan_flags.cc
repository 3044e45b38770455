// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "plan_flags.h"

#include <fmt/format.h>

#include "model_flags.h"

namespace kernwise::cli {

void declare_plan_flags(Arguments& arguments, PlanFlags& flags) {
  arguments.duration("--budget", flags.request.budget,
                     fmt::format("time to spend on measuring; 0: never measure ({:g}s)",
                                 flags.request.budget.value));
  arguments.choice("--policy", flags.policy, {"fastest", "onednn-auto"},
                   "onednn-auto: what oneDNN would choose by itself (fastest)");
  arguments.texts("--primitives", flags.request.primitives, "ID", Repeat::kCommaOrTwice,
                  "measure and choose only these");
  arguments.flag("--warm-weights", flags.request.warm_weights,
                 "keep weights in the caches while measuring");
  arguments.flag("--refine", flags.request.refine,
                 "measure on although the store covers the network");
  declare_model_flags(arguments, flags.request.onnx);
}

PlanRequest plan_request(const PlanFlags& flags, const std::string& model, const Session& session) {
  PlanRequest request = flags.request;
  request.model = model;
  request.policy = flags.policy == "onednn-auto" ? Policy::kOnednnAuto : Policy::kFastest;
  request.store = session.store();
  request.threads = session.threads();
  return request;
}

std::vector<ReportOption> plan_options(const PlanRequest& request) {
  std::vector<ReportOption> list = {
      {"model", request.model.string()},      {"policy", std::string(to_string(request.policy))},
      {"primitives", request.primitives},     {"budget_s", request.budget.value},
      {"warm_weights", request.warm_weights}, {"refine", request.refine},
      {"calibrate", request.calibrate}};
  list_model_options(request.onnx, list);
  return list;
}

}  // namespace kernwise::cli
