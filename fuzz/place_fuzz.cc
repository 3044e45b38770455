// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Programs of kernels from strangers: any text is a program or an error of readable length, and a
// program survives being written.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "kernwise/base/check.h"
#include "kernwise/place/program.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;  // NOLINT: one function
  const Result<Program> program =
      parse_program(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!program.ok()) {
    KERNWISE_CHECK(program.error().code == ErrorCode::kInvalidInput);
    KERNWISE_CHECK(to_string(program.error()).size() < 10000);
    return 0;
  }
  KERNWISE_CHECK(!program->tasks.empty());
  for (const Tensor& tensor : program->tensors) {
    KERNWISE_CHECK(tensor.bytes().value >= 4);
    KERNWISE_CHECK(tensor.output || !tensor.readers.empty());
  }
  const std::string text = to_text(*program);
  const Result<Program> again = parse_program(text);
  KERNWISE_CHECK(again.ok());
  KERNWISE_CHECK(to_text(*again) == text);
  KERNWISE_CHECK(again->tasks.size() == program->tasks.size());
  for (std::size_t i = 0; i < program->tasks.size(); ++i) {
    KERNWISE_CHECK(again->tasks[i].problem == program->tasks[i].problem);
  }
  return 0;
}
