// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Problem strings come from command lines, stores and plan files. Whatever the bytes: a valid
// problem that both of its spellings give back, or an error of readable length.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "kernwise/base/check.h"
#include "kernwise/graph/problem.h"

namespace kernwise {
namespace {

void check_problem(const Problem& problem) {
  KERNWISE_CHECK(validate(problem).ok());
  const std::string canonical = to_string(problem);
  for (const std::string& text : {canonical, to_short_string(problem)}) {
    const Result<Problem> again = parse_problem(text);
    KERNWISE_CHECK(again.ok());
    KERNWISE_CHECK(*again == problem);
    KERNWISE_CHECK(to_string(*again) == canonical);
  }
  // What validate() promises: sizes may be multiplied without a second thought.
  KERNWISE_CHECK(output_shape(problem).elements() >= 1);
  for (int i = 0; i < input_count(problem); ++i) {
    KERNWISE_CHECK(input_shape(problem, i).elements() >= 1);
  }
  KERNWISE_CHECK(weight_elements(problem) >= 0 && bias_elements(problem) >= 0);
  KERNWISE_CHECK(macs(problem).value >= 0);
  for (const Layout layout : kAllLayouts) {
    KERNWISE_CHECK(physical_bytes(output_shape(problem), layout).value >= 4);
  }
}

}  // namespace
}  // namespace kernwise

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;  // NOLINT: one function
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Problem> problem = parse_problem(text);
  if (problem.ok()) {
    check_problem(*problem);
  } else {
    KERNWISE_CHECK(problem.error().code == ErrorCode::kInvalidInput);
    KERNWISE_CHECK(to_string(problem.error()).size() < 2000);
  }
  return 0;
}
