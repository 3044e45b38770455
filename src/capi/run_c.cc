// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The part of the C interface that the runtime alone offers: packs, and the running of what was
// opened. It sees nothing above the room `runtime`; libkernwise-run is made of it.
#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "guard.h"
#include "kernwise/runtime/pack.h"
#include "kernwise/runtime/plan_device.h"

namespace kernwise::capi {

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

Error missing(const char* argument) {
  return invalid_input(std::string(argument) + " is NULL", "see kernwise_c.h");
}

}  // namespace kernwise::capi

using kernwise::capi::guarded;
using kernwise::capi::missing;

const char* kernwise_version(void) { return KERNWISE_VERSION; }

kernwise_status kernwise_pack_open(const char* pack, kernwise_plan** opened,
                                   kernwise_error* error) {
  return guarded(error, [&]() -> kernwise::Status {
    if (opened == nullptr) return missing("opened");
    *opened = nullptr;
    if (pack == nullptr) return missing("pack");
    KERNWISE_ASSIGN(kernwise::Pack loaded, kernwise::load_pack(pack));
    std::vector<std::string> warnings;  // of other devices only, which are refused
    KERNWISE_TRY(kernwise::check_plan_device(loaded.plan, /*any_device=*/false, warnings));
    KERNWISE_ASSIGN(kernwise::Executor executor,
                    kernwise::Executor::create(loaded.graph, loaded.plan));
    *opened = new kernwise_plan{std::move(loaded.plan), loaded.graph.inputs.size(),
                                loaded.graph.outputs.size(), std::move(executor)};
    return kernwise::Ok{};
  });
}

void kernwise_plan_close(kernwise_plan* plan) { delete plan; }

size_t kernwise_plan_inputs(const kernwise_plan* plan) { return plan->inputs; }

size_t kernwise_plan_outputs(const kernwise_plan* plan) { return plan->outputs; }

kernwise_status kernwise_plan_input(kernwise_plan* plan, size_t index, float** values,
                                    size_t* count, kernwise_error* error) {
  return guarded(error, [&]() -> kernwise::Status {
    if (plan == nullptr || values == nullptr || count == nullptr) return missing("an argument");
    if (index >= kernwise_plan_inputs(plan)) return kernwise::invalid_input("no such input");
    const auto span = plan->executor.input(static_cast<int>(index));
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
    const auto span = plan->executor.output(static_cast<int>(index));
    *values = span.data();
    *count = span.size();
    return kernwise::Ok{};
  });
}

kernwise_status kernwise_plan_run(kernwise_plan* plan, kernwise_error* error) {
  return guarded(error, [&]() -> kernwise::Status {
    if (plan == nullptr) return missing("plan");
    plan->executor.run();
    return kernwise::Ok{};
  });
}

int kernwise_plan_threads(const kernwise_plan* plan) { return plan->plan.threads; }

double kernwise_plan_predicted_s(const kernwise_plan* plan) { return plan->plan.predicted_total_s; }

int64_t kernwise_plan_peak_bytes(const kernwise_plan* plan) {
  return plan->executor.memory().peak().value;
}
