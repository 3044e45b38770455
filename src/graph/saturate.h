// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Arithmetic on sizes that come from untrusted files: instead of overflowing, a result stops at the
// largest int64, which every memory limit then refuses.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

namespace kernwise::detail {

inline constexpr int64_t kMaxSize = std::numeric_limits<int64_t>::max();

// Of factors and terms >= 0.
inline int64_t saturating_multiply(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? kMaxSize : product;
}
inline int64_t saturating_add(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? kMaxSize : sum;
}

// Elements of a tensor; 1 for a scalar. A zero anywhere makes it zero.
inline int64_t saturating_product(std::span<const int64_t> dims) {
  int64_t product = 1;
  for (const int64_t dim : dims) {
    if (dim == 0) return 0;
    product = saturating_multiply(product, dim);
  }
  return product;
}

}  // namespace kernwise::detail
