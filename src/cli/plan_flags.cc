// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "plan_flags.h"

#include <fmt/format.h>

#include "device_flag.h"
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
  arguments.choice(
      "--costs", flags.costs, {"auto", "measured", "predicted", "mixed"},
      fmt::format("predicted: by a model of the device; mixed: where the store has none ({})",
                  flags.costs));
  arguments.path("--model", flags.request.learned.model, "FILE",
                 "the model for predicted costs (the nearest that came with the program)");
  arguments.duration("--probe", flags.request.learned.probe,
                     fmt::format("time to carry a model of another device to this one ({:g}s)",
                                 flags.request.learned.probe.value));
  arguments.integer("--verify-top", flags.verify_top, 0, 100,
                    "candidates of a layer to measure before a predicted choice stands (3)");
  arguments.duration("--verify", flags.request.learned.verify,
                     fmt::format("time for that ({:g}s)", flags.request.learned.verify.value));
  arguments.choice("--fallback", flags.fallback, {"measure", "roofline", "error"},
                   "for what the model cannot predict (measure)");
  declare_device_flag(arguments, flags.device);
  declare_model_flags(arguments, flags.request.onnx);
}

PlanRequest plan_request(const PlanFlags& flags, const std::string& model, const Session& session) {
  PlanRequest request = flags.request;
  request.model = model;
  request.policy = flags.policy == "onednn-auto" ? Policy::kOnednnAuto : Policy::kFastest;
  request.costs = flags.costs == "predicted" ? CostSource::kPredicted
                  : flags.costs == "mixed"   ? CostSource::kMixed
                  : flags.costs == "auto"    ? CostSource::kAuto
                                             : CostSource::kMeasured;
  request.learned.fallback = flags.fallback == "roofline" ? Fallback::kRoofline
                             : flags.fallback == "error"  ? Fallback::kError
                                                          : Fallback::kMeasure;
  request.learned.verify_top = static_cast<int>(flags.verify_top);
  request.store = session.store();
  request.threads = session.threads();
  return request;
}

std::vector<ReportOption> plan_options(const PlanRequest& request) {
  std::vector<ReportOption> list = {{"model", request.model.string()},
                                    {"policy", std::string(to_string(request.policy))},
                                    {"primitives", request.primitives},
                                    {"budget_s", request.budget.value},
                                    {"warm_weights", request.warm_weights},
                                    {"refine", request.refine},
                                    {"calibrate", request.calibrate},
                                    {"costs", std::string(to_string(request.costs))},
                                    {"cost_model", request.learned.model.string()},
                                    {"probe_s", request.learned.probe.value},
                                    {"verify_top", int64_t{request.learned.verify_top}},
                                    {"verify_s", request.learned.verify.value},
                                    {"fallback", std::string(to_string(request.learned.fallback))}};
  list_model_options(request.onnx, list);
  return list;
}

}  // namespace kernwise::cli
