// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "tiny_net.h"

namespace kernwise::detail {

double tiny_gradient(const TinyShape& shape, const double* p, const double* z, double* gradient) {
  const int64_t d = shape.inputs;
  const auto affine = [&](const double* at) {
    double sum = at[0];
    for (int64_t i = 0; i < d; ++i) sum += at[1 + i] * z[i];
    return sum;
  };
  const auto put = [&](double* at, double slope) {  // derivative by a, w of an affine part
    at[0] = slope;
    for (int64_t i = 0; i < d; ++i) at[1 + i] = slope * z[i];
  };
  const double* at = p + shape.sharpness();
  double* to = gradient + shape.sharpness();
  double result = 0;
  if (shape.terms == 1) {
    result = affine(at);
    put(to, 1);
  } else {
    const double k = std::exp(p[0]);
    double term[kMaxTinyTerms] = {}, share[kMaxTinyTerms] = {};
    for (int64_t j = 0; j < shape.terms; ++j) term[j] = affine(at + j * (d + 1));
    const double most = *std::max_element(term, term + shape.terms);
    double sum = 0, mean = 0;
    for (int64_t j = 0; j < shape.terms; ++j) sum += share[j] = std::exp(k * (term[j] - most));
    result = most + std::log(sum) / k;
    for (int64_t j = 0; j < shape.terms; ++j) {
      share[j] /= sum;
      mean += share[j] * term[j];
      put(to + j * (d + 1), share[j]);
    }
    gradient[0] = mean - result;  // by log k
  }
  at = p + shape.first_hidden();
  to = gradient + shape.first_hidden();
  for (int64_t h = 0; h < shape.hidden; ++h, at += d + 2, to += d + 2) {
    const double x = affine(at), scale = 1 / std::sqrt(1 + x * x);
    result += at[d + 1] * x * scale;
    put(to, at[d + 1] * scale * scale * scale);
    to[d + 1] = x * scale;
  }
  return result;
}

}  // namespace kernwise::detail
