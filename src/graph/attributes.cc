// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "attributes.h"

#include <fmt/format.h>

#include <utility>

namespace kernwise::detail {
namespace {

template <typename T>
Result<T> look_up(const Node& node, const std::string& name, T fallback, const char* type) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return fallback;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  return invalid_input(fmt::format("attribute '{}' is not {}", name, type));
}

}  // namespace

bool has_attribute(const Node& node, const std::string& name) {
  return node.attributes.contains(name);
}

Result<int64_t> int_attribute(const Node& node, const std::string& name, int64_t fallback) {
  return look_up<int64_t>(node, name, fallback, "an integer");
}

Result<float> float_attribute(const Node& node, const std::string& name, float fallback) {
  return look_up<float>(node, name, fallback, "a float");
}

Result<std::string> string_attribute(const Node& node, const std::string& name,
                                     std::string fallback) {
  return look_up<std::string>(node, name, std::move(fallback), "a string");
}

Result<std::vector<int64_t>> ints_attribute(const Node& node, const std::string& name,
                                            std::vector<int64_t> fallback) {
  return look_up<std::vector<int64_t>>(node, name, std::move(fallback), "a list of integers");
}

Result<int64_t> resolve_axis(int64_t axis, int64_t rank, int64_t upper) {
  if (axis < -rank || axis > upper) {
    return invalid_input(fmt::format("axis {} does not exist in a tensor of rank {}", axis, rank));
  }
  return axis < 0 ? axis + rank : axis;
}

}  // namespace kernwise::detail
