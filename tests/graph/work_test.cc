// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/work.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "graph/random_problem.h"

namespace kernwise {
namespace {

double work_of(std::string_view text, WorkTerm term) {
  const Result<Problem> problem = parse_problem(text);
  EXPECT_TRUE(problem.ok()) << text;
  return work(*problem, term);
}

TEST(WorkTest, NamesAreFrozen) {
  EXPECT_EQ(to_string(WorkTerm::kOperations), "operations");
  EXPECT_EQ(to_string(WorkTerm::kFourier), "fourier");
  EXPECT_EQ(to_string(WorkTerm::kSeparable), "separable");
  EXPECT_EQ(to_string(WorkTerm::kElements), "elements");
  EXPECT_EQ(to_string(WorkTerm::kVectorSteps), "vector-steps");
  EXPECT_EQ(to_string(WorkTerm::kSeparableSteps), "separable-steps");
}

// The complexities of Srivastava et al. 2020, by hand.
TEST(WorkTest, OperationsAreThePublishedComplexities) {
  EXPECT_EQ(work_of("gemm:m5n4k7", WorkTerm::kOperations), 140);
  EXPECT_EQ(work_of("gemv:m5n4", WorkTerm::kOperations), 20);
  EXPECT_EQ(work_of("matconv:h9w7r3", WorkTerm::kOperations), 7 * 5 * 9);
  EXPECT_EQ(work_of("pool:max:c1ih9iw7kh3sh2", WorkTerm::kOperations), 5 * 4 * 9);
  EXPECT_EQ(work_of("pool:max:n2c3ih9iw7kh2kw3", WorkTerm::kOperations), 6 * 63 * 6);
  EXPECT_EQ(work_of("conv:ic3ih9oc4kh3ph1", WorkTerm::kOperations), 3 * 81 * 4 * 9);
  EXPECT_EQ(work_of("lrn:c9size5", WorkTerm::kOperations), 45);
  EXPECT_EQ(work_of("softmax:c9", WorkTerm::kOperations), 9);
}

TEST(WorkTest, OtherTermsAreTheWorkOfOtherAlgorithms) {
  EXPECT_DOUBLE_EQ(work_of("matconv:h16w31r3", WorkTerm::kFourier), 3 * 512 * 9);
  EXPECT_DOUBLE_EQ(work_of("conv:n2ic3ih14oc4kh3ph1", WorkTerm::kFourier), 14 * 256 * 8);
  EXPECT_EQ(work_of("pool:max:n2c3ih9iw7kh2kw3", WorkTerm::kSeparable), 6 * 5 * (9 * 3 + 8 * 2));
  EXPECT_EQ(work_of("pool:max:c1ih9iw7kh3", WorkTerm::kElements), 63 + 35);
  EXPECT_EQ(work_of("gemv:m5n4", WorkTerm::kElements), 20 + 4 + 5);
}

// Whole vectors of 16, what is left one by one, 3 to begin and end a row.
TEST(WorkTest, StepsAreThoseOfTheInnerLoops) {
  EXPECT_EQ(work_of("gemm:m5n35k7", WorkTerm::kVectorSteps), 5 * 7 * (2 + 3 + 3));
  EXPECT_EQ(work_of("gemv:m5n16", WorkTerm::kVectorSteps), 5 * (1 + 0 + 3));
  EXPECT_EQ(work_of("matconv:h9w22r3", WorkTerm::kVectorSteps), 7 * (9 * 2 + 3));
  EXPECT_EQ(work_of("matconv:h9w7r3", WorkTerm::kVectorSteps), 7 * (9 * 5 + 3));
  EXPECT_EQ(work_of("pool:max:n2c3ih9iw22kh3", WorkTerm::kVectorSteps), 6 * 7 * (9 * 2 + 3));
  // 20 results two apart: one pair of vectors, then 4 one by one.
  EXPECT_EQ(work_of("pool:max:c1ih9iw40kh2sh2", WorkTerm::kVectorSteps),
            4 * (3 * 2 * 1 + 4 * 4 + 3));
  EXPECT_EQ(work_of("pool:max:c1ih9iw40kh2sh3", WorkTerm::kVectorSteps), 3 * (4 * 13 + 3));
  EXPECT_EQ(work_of("pool:max:c1ih9iw22kh3", WorkTerm::kSeparableSteps),
            9 * (3 * 2 + 3) + 7 * (3 * 2 + 3));
}

TEST(WorkTest, FourierSizesHaveSmallPrimeFactors) {
  EXPECT_EQ(fourier_size(1), 1);
  EXPECT_EQ(fourier_size(7), 8);
  EXPECT_EQ(fourier_size(17), 18);
  EXPECT_EQ(fourier_size(31), 32);
  EXPECT_EQ(fourier_size(1025), 1080);
  for (int64_t least = 1; least < 3000; ++least) {
    const int64_t size = fourier_size(least);
    ASSERT_GE(size, least);
    ASSERT_TRUE(size == least || fourier_size(least + 1) == size);
    int64_t rest = size;
    for (const int64_t prime : {2, 3, 5}) {
      while (rest % prime == 0) rest /= prime;
    }
    ASSERT_EQ(rest, 1) << size;
  }
}

// Its logarithm is a feature: finite and not negative for every problem.
RC_GTEST_PROP(WorkTest, EveryTermThatDescribesAProblemIsAtLeastOne, ()) {
  const Problem problem = *any_problem();
  RC_ASSERT(describes(WorkTerm::kOperations, problem.kind()));
  for (int i = 0; i < kWorkTerms; ++i) {
    const auto term = static_cast<WorkTerm>(i);
    if (!describes(term, problem.kind())) continue;
    const double value = work(problem, term);
    RC_ASSERT(std::isfinite(value) && value >= 1);
  }
}

}  // namespace
}  // namespace kernwise
