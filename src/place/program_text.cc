// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include "kernwise/place/program.h"

namespace kernwise {

std::string to_text(const Program& program) {
  const auto named = [&](int tensor) -> const std::string& {
    return program.tensors[static_cast<std::size_t>(tensor)].name;
  };
  std::string text;
  for (const Tensor& tensor : program.tensors) {
    if (tensor.maker < 0) {
      text += tensor.vector
                  ? fmt::format("{} = input({})\n", tensor.name, tensor.rows)
                  : fmt::format("{} = input({}, {})\n", tensor.name, tensor.rows, tensor.columns);
      continue;
    }
    const Task& task = program.tasks[static_cast<std::size_t>(tensor.maker)];
    std::string arguments;
    for (const int input : task.inputs) {
      arguments += (arguments.empty() ? "" : ", ") + named(input);
    }
    if (const auto* pool = task.problem.as<PoolProblem>()) {
      arguments += fmt::format(", {}, {}", pool->kh, pool->sh);
    }
    text += fmt::format("{} = {}({})\n", tensor.name, to_string(task.kind), arguments);
  }
  for (const Tensor& tensor : program.tensors) {
    if (tensor.output) text += fmt::format("output {}\n", tensor.name);
  }
  return text;
}

}  // namespace kernwise
