// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "model_flags.h"

#include <fmt/format.h>

namespace kernwise::cli {

void declare_model_flags(Arguments& arguments, OnnxOptions& options) {
  arguments.shapes("--shape", options.shapes, "shape of an input; once per input");
  arguments.bytes("--max-model-memory", options.max_model_memory,
                  "refuse models whose tensors take more together (8GiB)");
}

void list_model_options(const OnnxOptions& options, std::vector<ReportOption>& list) {
  std::vector<std::string> shapes;
  for (const auto& [name, dims] : options.shapes) {
    shapes.push_back(fmt::format("{}:{}", name, fmt::join(dims, ",")));
  }
  list.push_back({"shapes", std::move(shapes)});
  list.push_back({"max_model_memory_bytes", options.max_model_memory.value});
}

Result<std::string> required(const std::string& value, const std::string& command,
                             const std::string& what, const std::string& hint) {
  if (!value.empty()) return value;
  return invalid_input(fmt::format("'{}' needs {}", command, what), hint);
}

}  // namespace kernwise::cli
