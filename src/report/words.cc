// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "words.h"

#include <fmt/format.h>

#include <cmath>

#include "kernwise/base/format.h"
#include "kernwise/graph/problem.h"

namespace kernwise::detail {

std::string layouts(Layout in, Layout out, const TextStyle& style) {
  if (in == out) return std::string(to_string(in));
  return fmt::format("{}{}{}", to_string(in), arrow(style), to_string(out));
}

std::string dims_text(const std::vector<int64_t>& dims) {
  if (dims.empty()) return "scalar";
  return fmt::format("{}", fmt::join(dims, "x"));
}

std::string shape_text(const Shape4& shape) {
  return dims_text({shape.n, shape.c, shape.h, shape.w});
}

std::string signed_percent(double share) {
  return fmt::format("{}{}", share < 0 ? "-" : "+", format_percent(std::fabs(share)));
}

std::string plural(int64_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string short_problem(const std::string& canonical) {
  const auto problem = parse_problem(canonical);
  return problem.ok() ? to_short_string(*problem) : canonical;
}

Ink ink_of_grade(char grade) {
  return grade <= 'B' ? Ink::kGood : grade <= 'D' ? Ink::kWarning : Ink::kBad;
}

std::string memory_line(const MemoryUse& memory) {
  return fmt::format("peak memory {}: packed weights {}, activations {}, workspace {}",
                     format_bytes(memory.peak()), format_bytes(memory.weights),
                     format_bytes(memory.activations), format_bytes(memory.workspace));
}

std::string spread_text(double spread, const TextStyle& style) {
  return fmt::format("{}{}", plus_minus(style), format_percent(spread));
}

}  // namespace kernwise::detail
