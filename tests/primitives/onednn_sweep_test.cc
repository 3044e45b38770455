// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The primitives on oneDNN against the reference, over more random problems than a unit test has
// time for. Run once for each instruction set that oneDNN can be held to.
#include <gtest/gtest.h>

#include "primitives/check_primitive.h"
#include "primitives/factories.h"
#include "primitives/sample_problems.h"

namespace kernwise::test {
namespace {

void check_all(const detail::Primitives& primitives, const Problem& problem, Rng& rng,
               int threads) {
  const ThreadScope scope(1);
  const Sample sample = make_sample(problem, rng);
  for (const auto& primitive : primitives) {
    if (primitive->info().kind != problem.kind()) continue;
    const Check check = check_primitive(*primitive, sample, threads);
    const std::string where = primitive->info().id + " on " + to_string(problem) + " with " +
                              std::to_string(threads) + " threads";
    EXPECT_EQ(check.fault, "") << where;
    EXPECT_LE(check.relative_error, tolerance(primitive->info())) << where;
  }
}

TEST(OneDnnSweep, ConvolutionsAgreeWithTheReference) {
  const auto primitives = detail::onednn_convolutions();
  Rng rng(101);
  for (int i = 0; i < 600; ++i)
    check_all(primitives, random_convolution(rng, 2'000'000), rng, 1 + i % 2);
}

TEST(OneDnnSweep, OperatorsAgreeWithTheReference) {
  const auto primitives = detail::onednn_operators();
  Rng rng(102);
  for (int i = 0; i < 2000; ++i) check_all(primitives, random_operator(rng, 20000), rng, 1 + i % 2);
}

TEST(OneDnnSweep, TransformsAgreeWithTheReference) {
  const auto primitives = detail::onednn_transforms();
  Rng rng(103);
  for (int i = 0; i < 500; ++i) {
    const Shape4 shape{rng.integer(1, 4), rng.integer(1, 70), rng.integer(1, 20),
                       rng.integer(1, 20)};
    const Layout from = kAllLayouts[rng.integer(0, 3)], to = kAllLayouts[rng.integer(0, 3)];
    check_all(primitives, {TransformProblem{shape, from, to}, {}}, rng, 1 + i % 2);
  }
}

}  // namespace
}  // namespace kernwise::test
