// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "describe.h"

#include <fmt/format.h>

#include "kernwise/base/format.h"

namespace kernwise::detail {
namespace {

constexpr const char* kMemoryHint = "if the model really is that large, raise --max-model-memory";

}  // namespace

std::string describe_dims(std::span<const int64_t> dims) {
  constexpr std::size_t kShown = 8;  // a hostile file may declare a million
  std::string text = "[";
  for (std::size_t i = 0; i < dims.size() && i < kShown; ++i) {
    text += fmt::format("{}{}", i > 0 ? ", " : "", dims[i]);
  }
  return text + (dims.size() > kShown ? ", ...]" : "]");
}

std::string describe_node(const Node& node) { return describe_refusal(node, ""); }

std::string describe_refusal(const Node& node, const std::string& reason) {
  return fmt::format("{} (node '{}'{}{})", node.op_type.empty() ? "(no operator)" : node.op_type,
                     node.name, reason.empty() ? "" : ": ", reason);
}

Error refused_nodes(const std::vector<std::string>& refusals) {
  return unsupported(
      fmt::format("{} node(s) are not supported: {}", refusals.size(), fmt::join(refusals, ", ")),
      fmt::format("kernwise computes {}", fmt::join(supported_operators(), ", ")));
}

Status check_tensor_size(const std::string& name, std::span<const int64_t> dims, Bytes size,
                         Bytes limit) {
  if (size <= limit) return Ok{};
  return invalid_input(
      fmt::format("tensor '{}' of shape {} takes {}, more than the limit of {}", name,
                  describe_dims(dims), format_bytes(size), format_bytes(limit)),
      kMemoryHint);
}

Status check_total_size(const std::string& name, Bytes total, Bytes limit) {
  if (total <= limit) return Ok{};
  return invalid_input(fmt::format("with tensor '{}' the model's constants take {}, more than the "
                                   "limit of {}",
                                   name, format_bytes(total), format_bytes(limit)),
                       kMemoryHint);
}

}  // namespace kernwise::detail
