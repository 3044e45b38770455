// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How work is divided among threads: into contiguous ranges of nearly equal length.
#pragma once

#include <cstdint>

namespace kernwise::detail {

struct Range {
  int64_t first = 0, last = 0;  // [first, last)
  int64_t count() const { return last - first; }
};

// Part number `part` of `parts`; empty where there is too little for all.
inline Range part_of(int64_t count, int64_t part, int64_t parts) {
  return {count * part / parts, count * (part + 1) / parts};
}
// The longest part.
inline int64_t longest_part(int64_t count, int64_t parts) { return (count + parts - 1) / parts; }

// A block of a matrix: one part of its longer side.
struct MatrixPart {
  Range rows, columns;
};
inline MatrixPart part_of(int64_t rows, int64_t columns, int64_t part, int64_t parts) {
  if (rows >= columns) return {part_of(rows, part, parts), {0, columns}};
  return {{0, rows}, part_of(columns, part, parts)};
}

inline int64_t whole_lines(int64_t floats) { return (floats + 15) / 16 * 16; }

}  // namespace kernwise::detail
