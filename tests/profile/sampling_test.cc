// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/profile/sampling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace kernwise {
namespace {

std::vector<Problem> a_layer() { return {parse_problem("conv:ic64ih56oc64kh3ph1").value()}; }

TEST(Sampling, DrawsDistinctValidProblemsOfManyKinds) {
  Rng rng(1);
  const std::vector<Problem> drawn = problems_around(a_layer(), 400, rng);
  ASSERT_EQ(drawn.size(), 400U);
  EXPECT_EQ(std::set<Problem>(drawn.begin(), drawn.end()).size(), 400U);
  std::set<int64_t> kernels, strides;
  int depthwise = 0, grouped = 0, lines = 0, oblong = 0, others = 0;
  for (const Problem& problem : drawn) {
    EXPECT_TRUE(validate(problem).ok()) << to_string(problem);
    EXPECT_LE(macs(problem).value, 2'000'000'000);
    const auto* conv = problem.as<ConvProblem>();
    if (conv == nullptr) {
      ++others;
      continue;
    }
    kernels.insert(std::max(conv->kh, conv->kw));
    strides.insert(conv->sh);
    depthwise += conv->depthwise();
    grouped += conv->g > 1 && !conv->depthwise();
    lines += conv->kh != conv->kw;
    oblong += conv->ih != conv->iw;
  }
  EXPECT_EQ(kernels, (std::set<int64_t>{1, 3, 5, 7, 11}));
  EXPECT_EQ(strides, (std::set<int64_t>{1, 2, 4}));
  for (const int count : {depthwise, grouped, lines, oblong, others}) EXPECT_GT(count, 3);
}

TEST(Sampling, TheSameSeedDrawsTheSameProblems) {
  Rng one(7), two(7), three(8);
  const auto first = problems_around(a_layer(), 50, one);
  EXPECT_EQ(first, problems_around(a_layer(), 50, two));
  EXPECT_NE(first, problems_around(a_layer(), 50, three));
}

TEST(Sampling, WithoutAConvolutionThereIsNothingToDrawAround) {
  Rng rng(1);
  EXPECT_TRUE(problems_around({parse_problem("softmax:n1c10h1w1").value()}, 5, rng).empty());
}

}  // namespace
}  // namespace kernwise
