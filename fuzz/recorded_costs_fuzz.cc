// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Recorded costs from strangers: any text is a table or an error, and a table survives being
// written.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernwise/base/check.h"
#include "kernwise/place/recorded_costs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;  // NOLINT: one function
  const auto costs =
      parse_recorded_costs(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!costs.ok()) {
    KERNWISE_CHECK(costs.error().code == ErrorCode::kInvalidInput);
    KERNWISE_CHECK(to_string(costs.error()).size() < 4000);
    return 0;
  }
  const auto again = parse_recorded_costs(to_csv(*costs));
  KERNWISE_CHECK(again.ok());
  KERNWISE_CHECK(again->times.size() == costs->times.size());
  KERNWISE_CHECK(again->resources.size() == costs->resources.size());
  return 0;
}
