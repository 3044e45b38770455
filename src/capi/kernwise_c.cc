// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise_c.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "kernwise/base/result.h"
#include "kernwise/workflow/predicted_costs.h"
#include "kernwise/workflow/run_plan.h"

struct kernwise_plan {
  kernwise::OpenedPlan opened;
};

struct kernwise_model {
  kernwise::DeviceModel model;
};

namespace {

using kernwise::Error;
using kernwise::ErrorCode;

// As much of `text` as fits, cut between characters of UTF-8.
void copy_text(std::string_view text, char* to, std::size_t size) {
  std::size_t length = std::min(text.size(), size - 1);
  while (length > 0 && length < text.size() &&
         (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) {
    --length;
  }
  std::memcpy(to, text.data(), length);
  to[length] = 0;
}

kernwise_status fail(const Error& failure, kernwise_error* error) {
  const auto status = static_cast<kernwise_status>(failure.code);
  if (error != nullptr) {
    error->status = status;
    copy_text(to_string(failure), error->message, sizeof error->message);
  }
  return status;
}

kernwise_status succeed(kernwise_error* error) {
  if (error != nullptr) *error = {};
  return KERNWISE_OK;
}

// Calls `body`, which returns a Status. What libraries below throw ends here.
template <typename Body>
kernwise_status guarded(kernwise_error* error, Body&& body) {
  try {
    const kernwise::Status done = body();
    return done.ok() ? succeed(error) : fail(done.error(), error);
  } catch (const std::bad_alloc&) {
    return fail(kernwise::unsupported("there is not enough memory"), error);
  } catch (const std::exception& thrown) {
    return fail(kernwise::internal_error(thrown.what()), error);
  } catch (...) {
    return fail(kernwise::internal_error("an unknown exception"), error);
  }
}

Error missing(const char* argument) {
  return kernwise::invalid_input(std::string(argument) + " is NULL", "see kernwise_c.h");
}

kernwise::Status fill(const kernwise::KnownCost& cost, kernwise_prediction& out) {
  if (cost.primitive.size() >= sizeof out.primitive) {
    return kernwise::internal_error("the id of a primitive is too long: " + cost.primitive);
  }
  copy_text(cost.primitive, out.primitive, sizeof out.primitive);
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

const char* kernwise_version(void) { return KERNWISE_VERSION; }

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
    kernwise::drop_weights(made.model);
    *opened = new kernwise_plan{std::move(made)};
    return kernwise::Ok{};
  });
}

void kernwise_plan_close(kernwise_plan* plan) { delete plan; }

size_t kernwise_plan_inputs(const kernwise_plan* plan) {
  return plan->opened.model.graph.inputs.size();
}

size_t kernwise_plan_outputs(const kernwise_plan* plan) {
  return plan->opened.model.graph.outputs.size();
}

kernwise_status kernwise_plan_input(kernwise_plan* plan, size_t index, float** values,
                                    size_t* count, kernwise_error* error) {
  return guarded(error, [&]() -> kernwise::Status {
    if (plan == nullptr || values == nullptr || count == nullptr) return missing("an argument");
    if (index >= kernwise_plan_inputs(plan)) return kernwise::invalid_input("no such input");
    const auto span = plan->opened.executor.input(static_cast<int>(index));
    *values = span.data();
    *count = span.size();
    return kernwise::Ok{};
  });
}

kernwise_status kernwise_plan_output(const kernwise_plan* plan, size_t index, const float** values,
                                     size_t* count, kernwise_error* error) {
  return guarded(error, [&]() -> kernwise::Status {
    if (plan == nullptr || values == nullptr || count == nullptr) return missing("an argument");
    if (index >= kernwise_plan_outputs(plan)) return kernwise::invalid_input("no such output");
    const auto span = plan->opened.executor.output(static_cast<int>(index));
    *values = span.data();
    *count = span.size();
    return kernwise::Ok{};
  });
}

kernwise_status kernwise_plan_run(kernwise_plan* plan, kernwise_error* error) {
  return guarded(error, [&]() -> kernwise::Status {
    if (plan == nullptr) return missing("plan");
    plan->opened.executor.run();
    return kernwise::Ok{};
  });
}

int kernwise_plan_threads(const kernwise_plan* plan) { return plan->opened.plan.threads; }

double kernwise_plan_predicted_s(const kernwise_plan* plan) {
  return plan->opened.plan.predicted_total_s;
}

int64_t kernwise_plan_peak_bytes(const kernwise_plan* plan) {
  return plan->opened.executor.memory().peak().value;
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
