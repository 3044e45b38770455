// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What an operation makes of its operands: the problem and the shape of the result, or why they do
// not fit. Thread-safety: pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/place/program.h"

namespace kernwise::detail {

// What stands between the parentheses of an operation: tensors first, then numbers.
struct OperationForm {
  TaskKind kind;
  std::size_t tensors;
  std::size_t least_numbers, most_numbers;
  std::string_view usage;  // "matmul(A, B)"
};
// nullptr if there is no such operation.
const OperationForm* find_operation(std::string_view name);
std::string operation_names();  // for hints

struct InferredTask {
  Problem problem;  // valid
  int64_t rows = 1, columns = 1;
  bool vector = false;
};
// As many operands and numbers as the form says; numbers are at least 1.
Result<InferredTask> infer_task(TaskKind kind, std::span<const Tensor* const> operands,
                                std::span<const int64_t> numbers);

std::string shape_text(const Tensor& tensor);  // "512 x 256", "vector of 256"

}  // namespace kernwise::detail
