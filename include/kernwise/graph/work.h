// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The complexity of a problem: the number that the time of an implementation grows with, up to a
// constant. It is one feature of the small models of single variants, after Srivastava et al. 2020
// ("NN+C"), whose C is kOperations. An implementation whose algorithm does another amount of work
// declares another term.
//
//   problem   kOperations (the paper's C)            other terms
//   gemm      m n k                                  elements, vector steps
//   gemv      m n                                    elements, vector steps
//   matconv   (h - r + 1)(w - r + 1) r^2             elements, vector steps, Fourier
//   pool      n c ceil(ih / sh) ceil(iw / sw) kh kw  elements, vector steps, separable,
//                                                    separable steps
//   conv      its multiply-adds                      elements, Fourier
//   others    multiply-adds where there are any (deconv, fc, matmul), else
//             elements of the output; times the window's size for lrn    elements
//
// Thread-safety: pure functions of values.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernwise/graph/problem.h"

namespace kernwise {

// Values and names may stand in files. Frozen by a test.
enum class WorkTerm : uint8_t {
  kOperations = 0,
  // Fourier transforms of padded planes: n (ic + oc) S log2 S, with S the elements of one plane,
  // each side padded to fourier_size(). Of a matconv 3 S log2 S: its kernel is data too.
  kFourier = 1,
  // A window taken apart, first along w, then along h: n c (ih ow kw + oh ow kh).
  kSeparable = 2,
  // Every element of inputs and output a fixed number of times, whatever the window: the running
  // maximum of van Herk and of Gil and Werman.
  kElements = 3,
  // What a kernel goes through whose inner loop takes kWorkVector elements at a time, what is left
  // of a row one by one, and some steps for each row; L(n) = floor(n / 16) + n mod 16 + 3.
  //   gemm     m k L(n)
  //   gemv     m L(n)
  //   matconv  oh (r^2 V(ow) + 3), V(n) = ceil(n / 16): the last vector may begin earlier than the
  //            one before ends; n where a row has no whole vector
  //   pool     n c oh R(ow, kh, kw), R(n, i, j) = i j V(n) + 3 for stride 1; for stride 2 pairs of
  //            vectors are loaded and taken apart, 3 i ceil(j / 2) steps a vector, as long as they
  //            lie within the row; else, and for what is left, i j for each result
  kVectorSteps = 4,
  // The same of a window taken apart: n c (ih R(ow, 1, kw) + oh R(ow, kh, 1) at stride 1).
  kSeparableSteps = 5,
};

inline constexpr int kWorkTerms = 6;
// Floats of a cache line, and of the widest vectors: what is left of a row beyond whole ones is the
// same for narrower vectors, but for a factor.
inline constexpr int64_t kWorkVector = 16;

// "operations", "fourier", "separable", "elements", "vector-steps", "separable-steps"
std::string_view to_string(WorkTerm term);

// Whether the term is defined for the kind (the table above).
bool describes(WorkTerm term, ProblemKind kind);

// At least 1. The term must describe the kind; the problem must be valid.
double work(const Problem& problem, WorkTerm term);

// The smallest 2^a 3^b 5^c that is not below `least` (>= 1): sizes that fast Fourier transforms
// take apart well. Both the term and the implementations pad to it.
int64_t fourier_size(int64_t least);

}  // namespace kernwise
