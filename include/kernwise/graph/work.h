// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The complexity of a problem: the number that the time of an implementation grows with, up to a
// constant. It is one feature of the small models of single variants, after Srivastava et al. 2020
// ("NN+C"), whose C is kOperations. An implementation whose algorithm does another amount of work
// declares another term.
//
//   problem   kOperations (the paper's C)            other terms
//   gemm      m n k                                  elements
//   gemv      m n                                    elements
//   matconv   (h - r + 1)(w - r + 1) r^2             elements, Fourier
//   pool      n c ceil(ih / sh) ceil(iw / sw) kh kw  elements, separable
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
};

std::string_view to_string(WorkTerm term);  // "operations", "fourier", "separable", "elements"

// Whether the term is defined for the kind (the table above).
bool describes(WorkTerm term, ProblemKind kind);

// At least 1. The term must describe the kind; the problem must be valid.
double work(const Problem& problem, WorkTerm term);

// The smallest 2^a 3^b 5^c that is not below `least` (>= 1): sizes that fast Fourier transforms
// take apart well. Both the term and the implementations pad to it.
int64_t fourier_size(int64_t least);

}  // namespace kernwise
