// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Max pooling in nchw without padding, in bands: some output rows of one plane, and the input rows
// that they read. Bands are what threads share out, and small enough for a cache.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "kernwise/graph/problem.h"

namespace kernwise::detail {

struct PoolBand {
  int64_t input = 0, output = 0;  // offsets of its first row, in floats
  int64_t rows = 0;               // of the output
};

class PoolBands {
 public:
  // `row_floats`: what each row of a band takes in the cache.
  PoolBands(const PoolProblem& pool, int64_t row_floats, int threads) : p_(pool) {
    constexpr int64_t kFloats = 8192;
    const int64_t planes = pool.n * pool.c;
    const int64_t bands = planes >= threads ? 1 : (threads + planes - 1) / planes;
    rows_ = std::clamp<int64_t>(kFloats / row_floats, 1, (pool.oh() + bands - 1) / bands);
    per_plane_ = (pool.oh() + rows_ - 1) / rows_;
  }

  int64_t count() const { return p_.n * p_.c * per_plane_; }
  int64_t most_rows() const { return rows_; }
  // Input rows that `rows` output rows of a band read.
  int64_t input_rows(int64_t rows) const { return (rows - 1) * p_.sh + p_.kh; }

  PoolBand at(int64_t index) const {
    const int64_t plane = index / per_plane_, first = index % per_plane_ * rows_;
    return {(plane * p_.ih + first * p_.sh) * p_.iw, (plane * p_.oh() + first) * p_.ow(),
            std::min(rows_, p_.oh() - first)};
  }

 private:
  PoolProblem p_;
  int64_t rows_ = 1, per_plane_ = 1;
};

inline std::string max_pool_refusal(const Problem& problem) {
  const PoolProblem& p = *problem.as<PoolProblem>();
  if (p.kind != PoolKind::kMax) return "an average: it takes maxima only";
  if (p.pt + p.pb + p.pl + p.pr != 0) return "padding: its windows lie inside the image";
  return {};
}

}  // namespace kernwise::detail
