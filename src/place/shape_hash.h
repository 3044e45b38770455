// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A hash of a problem that costs nanoseconds and allocates nothing. Equal problems have equal
// hashes; it is not stored anywhere. Thread-safety: pure function.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>
#include <variant>

#include "kernwise/graph/problem.h"

namespace kernwise::detail {

// Multiplication and rotation of 64-bit words, finished as SplitMix64 is (Steele, Lea & Flood 2014,
// figure 16).
class WordHash {
 public:
  void add(uint64_t word) { state_ = std::rotl(state_ ^ word, 23) * 0x9e3779b97f4a7c15U; }
  uint64_t value() const {
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

 private:
  uint64_t state_ = 0x2545f4914f6cdd1dU;
};

inline uint64_t shape_hash(const Problem& problem) {
  WordHash hash;
  hash.add(problem.op.index());
  hash.add(uint64_t{problem.post_ops.bias} + 2 * uint64_t{problem.post_ops.residual} +
           4 * static_cast<uint64_t>(problem.post_ops.activation.kind));
  std::visit(
      [&](const auto& op) {
        using Op = std::decay_t<decltype(op)>;
        if constexpr (std::has_unique_object_representations_v<Op> && sizeof(Op) % 8 == 0) {
          for (const uint64_t word : std::bit_cast<std::array<uint64_t, sizeof(Op) / 8>>(op)) {
            hash.add(word);
          }
        } else {  // with padding, fractions or lists: the shapes are enough to tell most apart
          const Shape4 out = output_shape(problem), in = input_shape(problem, 0);
          for (const int64_t size : {out.n, out.c, out.h, out.w, in.n, in.c, in.h, in.w}) {
            hash.add(static_cast<uint64_t>(size));
          }
          if constexpr (std::is_same_v<Op, PoolProblem>) {
            for (const int64_t size : {op.kh, op.kw, op.sh, op.sw, op.pt, op.pl}) {
              hash.add(static_cast<uint64_t>(size));
            }
          }
        }
      },
      problem.op);
  return hash.value();
}

}  // namespace kernwise::detail
