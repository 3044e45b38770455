// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which points are measured. The ranges are those of Srivastava et al. 2020:
//
//   gemm     m, n, k in 1..1024
//   gemv     m, n in 1..1024
//   matconv  h, w in 10..1033; kernel 3, 5 or 7
//   pool     maximum; h, w in 5..1028; window 2..5; stride 1 or 2
//   all      threads 1..N, for variants that take them
//
// Densities, which the original drew too, are left out: its matrices were dense all the same.
// Thread-safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/graph/problem.h"

namespace kernwise::nnc {

enum class Design : uint8_t {
  kUniform,  // sizes uniform, as in the paper
  kLog,      // a randomly shifted Halton sequence (Halton 1960; Cranley & Patterson 1976) in the
             // logarithms of the sizes: every octave gets the same share
};
std::string_view to_string(Design design);

struct Point {
  Problem problem;
  int threads = 1;
  double largest = 1, smallest = 1;  // of the sizes that extrapolation is about
  Design design = Design::kUniform;
};

inline constexpr std::string_view kKinds[] = {"gemm", "gemv", "matconv", "pool"};

// `count` points with distinct problems, none of them in `points`, are put behind them. `kind` is
// one of kKinds.
void draw_points(std::string_view kind, Design design, int count, int max_threads, Rng& rng,
                 std::vector<Point>& points);

}  // namespace kernwise::nnc
