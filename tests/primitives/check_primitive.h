// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Runs one primitive on random data exactly as the contract allows (buffers aligned to 64 bytes and
// no more, scratch of exactly the stated size, everything the kernel must write poisoned before)
// and compares with the float64 reference.
#pragma once

#include <string>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/primitives/primitive.h"

namespace kernwise::test {

// A problem with data in logical nchw, and what the reference makes of it. Made once per problem:
// the reference is the slow part.
struct Sample {
  Problem problem;
  std::vector<std::vector<float>> inputs;
  std::vector<float> weights, bias, residual;
  std::vector<double> expected;

  WeightView weight_view() const { return {weights, bias}; }
};

// Convolution-like sums get data whose results do not cancel (a relative error over the largest
// result would measure luck), half of them negative, so that activations have work to do.
Sample make_sample(const Problem& problem, Rng& rng);

struct Check {
  bool admitted = false;
  std::string reason;         // of a refusal
  double relative_error = 0;  // max |difference| / max |reference|, worst of two runs
  Bytes workspace;            // as stated, which is what it was given
  std::string fault;          // the first broken rule of the contract; empty if there is none
};
Check check_primitive(const Primitive& primitive, const Sample& sample, int threads);

// Tolerances of the project: 1e-4 for Winograd, 1e-5 for everything else.
double tolerance(const PrimitiveInfo& info);

}  // namespace kernwise::test
