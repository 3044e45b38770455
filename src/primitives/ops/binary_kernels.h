// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Two tensors into one, element by element, over strided memory. No element is read twice from
// memory for a repeated operand: repetition is a stride of 0.
#pragma once

#include <array>
#include <cstdint>

#include "kernwise/graph/problem.h"

namespace kernwise::detail {

// Nested loops over the output as it lies in memory, outermost first; the output itself is
// contiguous. Along the innermost axis an operand is contiguous (1) or repeated (0).
struct BinaryLoops {
  struct Axis {
    int64_t size = 1, a = 0, b = 0;  // strides of the operands in floats
  };
  std::array<Axis, 5> axes = {};
  int rank = 0;

  int64_t inner() const { return axes[static_cast<std::size_t>(rank - 1)].size; }
  int64_t rows() const;
};

// For operands of shapes `a` and `b`, all three tensors in `layout`.
BinaryLoops binary_loops(const Shape4& a, const Shape4& b, const Shape4& out, Layout layout);

// Rows [first, last) of the output, elements [from, to) of each.
struct BinaryPart {
  int64_t first = 0, last = 0, from = 0, to = 0;
};
void binary_rows(const BinaryLoops& loops, BinaryKind kind, const Activation& activation,
                 const BinaryPart& part, const float* a, const float* b, float* out);

}  // namespace kernwise::detail
