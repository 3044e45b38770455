// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Plan files from strangers: any text is a plan or an error, and a plan survives being written.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernwise/base/check.h"
#include "kernwise/select/plan.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;
  const Result<Plan> plan = plan_from_json({reinterpret_cast<const char*>(data), size});
  if (!plan.ok()) {
    KERNWISE_CHECK(plan.error().code == ErrorCode::kInvalidInput);
    return 0;
  }
  const Result<Plan> back = plan_from_json(plan_to_json(*plan));
  KERNWISE_CHECK(back.ok());
  KERNWISE_CHECK(*back == *plan);
  return 0;
}
