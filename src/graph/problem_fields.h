// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The spelling of every problem as a table: which fields a kind has, in canonical order, which
// number of the operator each one sets, what it is when left out, and the range it must lie in.
// Printing, parsing, checking and the hints in error messages all read this one table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/graph/problem.h"

namespace kernwise::detail {

// Largest tensor a problem may have, in elements, and so the largest size along a dimension.
inline constexpr int64_t kMaxElements = int64_t{1} << 40;
// Of kernels, strides, paddings and dilations: two of them multiply without leaving int64.
inline constexpr int64_t kMaxWindow = (int64_t{1} << 31) - 1;
inline constexpr int64_t kMaxConcatInputs = 4096;

struct Field {
  // ph and pw are a second spelling of pt pb and pl pr, for paddings that are equal on both sides.
  enum class Use { kPlain, kBothSides, kOneSide };

  std::string_view name;
  // Exactly one of these three is set.
  int64_t* size = nullptr;
  float* real = nullptr;
  std::vector<int64_t>* list = nullptr;  // the field is repeated, once for each element

  Use use = Use::kPlain;
  int64_t* other_side = nullptr;  // kBothSides: the field sets *size and *other_side

  // When the field is left out: the value of a field before it, or a constant; else it is required.
  const int64_t* like = nullptr;
  std::optional<int64_t> fallback = {};
  std::optional<float> real_fallback = {};

  int64_t low = 1;  // inclusive range of a size
  int64_t high = kMaxElements;

  std::optional<int64_t> default_size() const { return like ? std::optional(*like) : fallback; }
};

// One group of fields; a reshape has two, from and to. The fields point into `op`.
std::vector<std::vector<Field>> field_groups(Operator& op);

// True when *size and *other_side of every kBothSides field agree: ph and pw then say it all.
bool padding_is_even(const std::vector<Field>& fields);

// The word between the kind and the fields ("max", "nchw-nhwc"); empty for kinds without one.
std::string keyword(const Operator& op);
// One operator of the kind for each keyword, with everything else at its default.
std::vector<Operator> blank_operators(ProblemKind kind);

// "problem 'conv:...'" for the context of an error: escaped and cut, since the text is untrusted.
std::string problem_place(std::string_view text);

// Every rule of validate(), without the place.
Status check_problem(const Problem& problem);

}  // namespace kernwise::detail
