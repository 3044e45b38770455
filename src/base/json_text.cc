// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/json_text.h"

#include <fmt/format.h>

namespace kernwise {

Status check_json_proportions(std::string_view text, const JsonLimits& limits) {
  int depth = 0;
  int64_t entries = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (c == ',' || c == '[' || c == '{') ++entries;
    if (depth > limits.depth) {
      return invalid_input(fmt::format("nested deeper than {} levels (byte {})", limits.depth, i),
                           "no document that kernwise writes is");
    }
    if (entries > limits.entries) {
      return invalid_input(fmt::format("has more than {} entries", limits.entries),
                           "no document that kernwise writes has");
    }
  }
  return Ok{};
}

}  // namespace kernwise
