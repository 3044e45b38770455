// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Tables of measurements from strangers: any text is measurements or an error, and measurements
// survive being written.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernwise/base/check.h"
#include "kernwise/store/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;  // NOLINT: one function
  const auto rows = parse_measurements_csv({reinterpret_cast<const char*>(data), size});
  if (!rows.ok()) {
    KERNWISE_CHECK(rows.error().code == ErrorCode::kInvalidInput);
    KERNWISE_CHECK(to_string(rows.error()).size() < 5000);
    return 0;
  }
  const std::string text = to_csv(*rows);
  const auto again = parse_measurements_csv(text);
  KERNWISE_CHECK(again.ok());
  KERNWISE_CHECK(to_csv(*again) == text);
  return 0;
}
