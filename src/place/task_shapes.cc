// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "task_shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kernwise::detail {
namespace {

constexpr std::array<OperationForm, 4> kOperations = {{
    {TaskKind::kMatmul, 2, 0, 0, "matmul(A, B)"},
    {TaskKind::kMatvec, 2, 0, 0, "matvec(A, x)"},
    {TaskKind::kConv2d, 2, 0, 0, "conv2d(IMAGE, KERNEL)"},
    {TaskKind::kMaxpool, 1, 1, 2, "maxpool(A, WINDOW) or maxpool(A, WINDOW, STRIDE)"},
}};

Error not_a(const Tensor& tensor, std::string_view wanted) {
  return invalid_input(fmt::format("'{}' is a {}, where a {} is wanted", tensor.name.substr(0, 40),
                                   shape_text(tensor), wanted));
}

// The rules of the problem itself: limits that no shape of an operand breaks alone.
Result<InferredTask> checked(InferredTask task) {
  KERNWISE_TRY(validate(task.problem));
  return task;
}

Result<InferredTask> matmul(const Tensor& a, const Tensor& b) {
  if (a.vector) return not_a(a, "matrix");
  if (b.vector) return invalid_input(not_a(b, "matrix").message, "matvec(A, x) takes a vector");
  if (a.columns != b.rows) {
    return invalid_input(
        fmt::format("the columns of the first are not the rows of the second: "
                    "{} times {}",
                    shape_text(a), shape_text(b)));
  }
  const GemmProblem problem{.m = a.rows, .n = b.columns, .k = a.columns};
  return checked({{problem, {}}, a.rows, b.columns, false});
}

Result<InferredTask> matvec(const Tensor& a, const Tensor& x) {
  if (a.vector) return not_a(a, "matrix");
  if (!x.vector) return invalid_input(not_a(x, "vector").message, "a vector is input(SIZE)");
  if (a.columns != x.rows) {
    return invalid_input(
        fmt::format("the columns of the matrix are not the size of the vector: "
                    "{} times {}",
                    shape_text(a), shape_text(x)));
  }
  return checked({{GemvProblem{.m = a.rows, .n = a.columns}, {}}, a.rows, 1, true});
}

Result<InferredTask> conv2d(const Tensor& image, const Tensor& kernel) {
  if (image.vector) return not_a(image, "matrix");
  if (kernel.vector) return not_a(kernel, "matrix");
  if (kernel.rows != kernel.columns) {
    return invalid_input(fmt::format("the kernel is {}, not square", shape_text(kernel)));
  }
  const int64_t r = kernel.rows;
  if (r > image.rows || r > image.columns) {
    return invalid_input(fmt::format("the kernel is larger than the image: {} over {}",
                                     shape_text(kernel), shape_text(image)));
  }
  const MatconvProblem problem{.h = image.rows, .w = image.columns, .r = r};
  return checked({{problem, {}}, problem.oh(), problem.ow(), false});
}

Result<InferredTask> maxpool(const Tensor& a, std::span<const int64_t> numbers) {
  if (a.vector) return not_a(a, "matrix");
  const int64_t window = numbers[0], stride = numbers.size() > 1 ? numbers[1] : window;
  if (window > a.rows || window > a.columns) {
    return invalid_input(fmt::format("windows of {} x {} are larger than the matrix of {}", window,
                                     window, shape_text(a)));
  }
  PoolProblem problem;
  problem.ih = a.rows, problem.iw = a.columns;
  problem.kh = problem.kw = window;
  problem.sh = problem.sw = stride;
  return checked({{problem, {}}, problem.oh(), problem.ow(), false});
}

}  // namespace

const OperationForm* find_operation(std::string_view name) {
  const auto found = std::find_if(kOperations.begin(), kOperations.end(),
                                  [&](const auto& form) { return to_string(form.kind) == name; });
  return found == kOperations.end() ? nullptr : &*found;
}

std::string operation_names() {
  std::string names = "input";
  for (const OperationForm& form : kOperations) names += fmt::format(", {}", to_string(form.kind));
  return names;
}

Result<InferredTask> infer_task(TaskKind kind, std::span<const Tensor* const> operands,
                                std::span<const int64_t> numbers) {
  switch (kind) {
    case TaskKind::kMatmul: return matmul(*operands[0], *operands[1]);
    case TaskKind::kMatvec: return matvec(*operands[0], *operands[1]);
    case TaskKind::kConv2d: return conv2d(*operands[0], *operands[1]);
    case TaskKind::kMaxpool: return maxpool(*operands[0], numbers);
  }
  return internal_error("no such operation");
}

std::string shape_text(const Tensor& tensor) {
  if (tensor.vector) return fmt::format("vector of {}", tensor.rows);
  return fmt::format("matrix of {} x {}", tensor.rows, tensor.columns);
}

}  // namespace kernwise::detail
