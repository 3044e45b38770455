// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A network of at most a few dozen parameters with the shape that times have:
//
//   t(z) = (1 / k) log(sum over terms j of exp(k (a_j + w_j z)))
//          + sum over hidden units h of v_h s(b_h + u_h z)
//
// z are logarithms of sizes and t is the logarithm of a time (both standardised, which the
// parameters absorb). The first part is a sum of products of powers: an overhead, an arithmetic
// and a memory part, say, of which the largest rules. The second is a small network whose
// activation s(x) = x / sqrt(1 + x^2) is bounded ("ISRU", Carlile et al. 2017, whose derivative is
// cheap and smooth), so that far outside of the training data the powers alone decide.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace kernwise::detail {

inline constexpr int64_t kMaxTinyTerms = 8;
// Of |log k|: what training keeps to, and a file may state.
inline constexpr double kMaxLogSharpness = 20;

// How the parameters lie: log k (only if there is more than one term); per term a and w; per hidden
// unit b, u and v.
struct TinyShape {
  int64_t inputs = 0, terms = 1, hidden = 0;

  int64_t sharpness() const { return terms > 1 ? 1 : 0; }  // how many parameters it takes
  int64_t first_hidden() const { return sharpness() + terms * (inputs + 1); }
  int64_t parameters() const { return first_hidden() + hidden * (inputs + 2); }
  friend bool operator==(const TinyShape&, const TinyShape&) = default;
};

// The same lines for training (double) and prediction (float). No memory beside the stack.
template <typename T>
T tiny_value(const TinyShape& shape, const T* p, const T* z) {
  const auto affine = [&](const T*& at) {
    T sum = *at++;
    for (int64_t i = 0; i < shape.inputs; ++i) sum += *at++ * z[i];
    return sum;
  };
  const T* at = p + shape.sharpness();
  T result;
  if (shape.terms == 1) {
    result = affine(at);
  } else {
    const T k = std::exp(p[0]);
    T term[kMaxTinyTerms] = {};
    for (int64_t j = 0; j < shape.terms; ++j) term[j] = affine(at);
    const T most = *std::max_element(term, term + shape.terms);
    T sum = 0;
    for (int64_t j = 0; j < shape.terms; ++j) sum += std::exp(k * (term[j] - most));
    result = most + std::log(sum) / k;
  }
  for (int64_t h = 0; h < shape.hidden; ++h) {
    const T x = affine(at);
    result += *at++ * x / std::sqrt(1 + x * x);
  }
  return result;
}

// The value, and its derivative by each parameter.
double tiny_gradient(const TinyShape& shape, const double* p, const double* z, double* gradient);

}  // namespace kernwise::detail
