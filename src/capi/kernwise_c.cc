// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise_c.h"

#include <string>
#include <utility>
#include <vector>

#include "guard.h"
#include "kernwise/workflow/predicted_costs.h"
#include "kernwise/workflow/run_plan.h"

struct kernwise_model {
  kernwise::DeviceModel model;
};

using kernwise::capi::guarded;
using kernwise::capi::missing;

namespace {

kernwise::Status fill(const kernwise::KnownCost& cost, kernwise_prediction& out) {
  if (cost.primitive.size() >= sizeof out.primitive) {
    return kernwise::internal_error("the id of a primitive is too long: " + cost.primitive);
  }
  kernwise::capi::copy_text(cost.primitive, out.primitive, sizeof out.primitive);
  out.time_s = cost.time_s;
  out.low_s = cost.low_s;
  out.high_s = cost.high_s;
  return kernwise::Ok{};
}

// The best of the primitives that the model knows for the problem, or the one that is named.
kernwise::Status predict(const kernwise::DeviceModel& model, const char* text,
                         const char* primitive, kernwise_prediction& out) {
  KERNWISE_ASSIGN(const kernwise::Problem problem, kernwise::parse_problem(text));
  const auto predicted =
      kernwise::predict_problems({problem}, model, {.threads = model.card.threads}).at(0);
  if (!predicted.reason.empty()) return kernwise::unsupported(predicted.reason).within(text);
  const kernwise::KnownCost* best = nullptr;
  for (const kernwise::KnownCost& cost : predicted.costs) {
    if (primitive != nullptr && cost.primitive != primitive) continue;
    if (best == nullptr || cost.time_s < best->time_s) best = &cost;
  }
  if (best == nullptr) {
    return kernwise::unsupported(std::string("the model does not know '") +
                                     (primitive != nullptr ? primitive : "") +
                                     "', or it cannot compute this problem",
                                 "'kernwise list primitives' names them all")
        .within(text);
  }
  return fill(*best, out);
}

}  // namespace

kernwise_status kernwise_plan_open(const char* plan, const char* network, kernwise_plan** opened,
                                   kernwise_error* error) {
  return guarded(error, [&]() -> kernwise::Status {
    if (opened == nullptr) return missing("opened");
    *opened = nullptr;
    if (plan == nullptr) return missing("plan");
    kernwise::RunRequest request;
    request.plan = plan;
    request.bind = false;  // the process is the caller's
    if (network != nullptr) request.model = network;
    std::vector<std::string> warnings;  // of --any-device only, which is not offered here
    KERNWISE_ASSIGN(kernwise::OpenedPlan made, kernwise::open_plan(request, warnings));
    *opened = new kernwise_plan{std::move(made.plan), made.model.graph.inputs.size(),
                                made.model.graph.outputs.size(), std::move(made.executor)};
    return kernwise::Ok{};
  });
}

kernwise_status kernwise_model_open(const char* file, kernwise_model** opened,
                                    kernwise_error* error) {
  return guarded(error, [&]() -> kernwise::Status {
    if (opened == nullptr) return missing("opened");
    *opened = nullptr;
    if (file == nullptr) return missing("file");
    KERNWISE_ASSIGN(kernwise::DeviceModel model, kernwise::DeviceModel::load(file));
    *opened = new kernwise_model{std::move(model)};
    return kernwise::Ok{};
  });
}

void kernwise_model_close(kernwise_model* model) { delete model; }

kernwise_status kernwise_predict(const kernwise_model* model, const char* problem,
                                 const char* primitive, kernwise_prediction* prediction,
                                 kernwise_error* error) {
  return guarded(error, [&]() -> kernwise::Status {
    if (model == nullptr || problem == nullptr || primitive == nullptr || prediction == nullptr) {
      return missing("an argument");
    }
    return predict(model->model, problem, primitive, *prediction);
  });
}

kernwise_status kernwise_choose(const kernwise_model* model, const char* problem,
                                kernwise_prediction* choice, kernwise_error* error) {
  return guarded(error, [&]() -> kernwise::Status {
    if (model == nullptr || problem == nullptr || choice == nullptr) return missing("an argument");
    return predict(model->model, problem, nullptr, *choice);
  });
}
