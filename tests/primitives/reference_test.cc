// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The oracle against results computed by hand and, for convolutions, against their definition.
#include "kernwise/primitives/reference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "kernwise/base/rng.h"
#include "primitives/sample_problems.h"

namespace kernwise::test {
namespace {

using Values = std::vector<double>;

Problem parsed(std::string_view text) {
  auto problem = parse_problem(text);
  EXPECT_TRUE(problem.ok()) << text;
  return *std::move(problem);
}

Values run(const Problem& problem, const std::vector<Values>& inputs,
           const std::vector<float>& weights = {}, const std::vector<float>& bias = {},
           const Values& residual = {}) {
  const std::vector<std::span<const double>> views(inputs.begin(), inputs.end());
  return reference_run(problem, views, residual, {weights, bias});
}

Values counting(int64_t count, double first = 1) {
  Values values(count);
  std::iota(values.begin(), values.end(), first);
  return values;
}

// The definition, straight from the ONNX operator's text, with a loop for every index.
Values convolution_by_definition(const ConvProblem& p, const Values& in,
                                 const std::vector<float>& weights) {
  const int64_t icg = p.ic / p.g, ocg = p.oc / p.g;
  Values out;
  for (int64_t n = 0; n < p.n; ++n)
    for (int64_t o = 0; o < p.oc; ++o)
      for (int64_t y = 0; y < p.oh(); ++y)
        for (int64_t x = 0; x < p.ow(); ++x) {
          double sum = 0;
          for (int64_t i = 0; i < icg; ++i)
            for (int64_t ky = 0; ky < p.kh; ++ky)
              for (int64_t kx = 0; kx < p.kw; ++kx) {
                const int64_t iy = y * p.sh - p.pt + ky * p.dh, ix = x * p.sw - p.pl + kx * p.dw;
                if (iy < 0 || iy >= p.ih || ix < 0 || ix >= p.iw) continue;
                sum += in[((n * p.ic + o / ocg * icg + i) * p.ih + iy) * p.iw + ix] *
                       weights[((o * icg + i) * p.kh + ky) * p.kw + kx];
              }
          out.push_back(sum);
        }
  return out;
}

TEST(ReferenceConvolution, ComputesASmallOneByHand) {
  // 1 2 3      windows of 2x2 with weights 1 10 / 100 1000:
  // 4 5 6      1 + 20 + 400 + 5000, ...
  // 7 8 9
  const Values out = run(parsed("conv:ic1ih3oc1kh2"), {counting(9)}, {1, 10, 100, 1000});
  EXPECT_EQ(out, (Values{5421, 6532, 8754, 9865}));
}

TEST(ReferenceConvolution, PadsOnlyTheSidesItIsTold) {
  // One row of zeros above and one column to the right.
  const Problem problem = parsed("conv:ic1ih2oc1kh2pt1pb0pl0pr1");
  const Values out = run(problem, {counting(4)}, {1, 10, 100, 1000});
  EXPECT_EQ(out, (Values{2100, 200, 4321, 402}));
}

TEST(ReferenceConvolution, AddsBiasThenResidualThenActivates) {
  Problem problem = parsed("conv:ic1ih1iw3oc1kh1+bias+sum+clip0,6");
  EXPECT_EQ(run(problem, {{1, 2, 3}}, {2}, {-3}, {0.5, 0.5, 4}), (Values{0, 1.5, 6}));
}

TEST(ReferenceConvolution, FollowsTheDefinitionOverTheShapeTable) {
  Rng rng(21);
  for (Problem problem : convolution_table()) {
    problem.post_ops = {};
    Values in(input_shape(problem, 0).elements());
    for (double& v : in) v = rng.uniform(-1, 1);
    std::vector<float> weights(weight_elements(problem));
    for (float& w : weights) w = static_cast<float>(rng.uniform(-1, 1));
    const Values expected = convolution_by_definition(*problem.as<ConvProblem>(), in, weights);
    const Values actual = run(problem, {in}, weights);
    EXPECT_LE(relative_error(std::span<const double>(actual), expected), 1e-13)
        << to_string(problem);
  }
}

TEST(ReferenceConvolution, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Problem problem = parsed("conv:n2ic7ih9iw11oc13kh3ph1sh2");
  Rng rng(22);
  Values in(input_shape(problem, 0).elements());
  for (double& v : in) v = rng.uniform(-1, 1);
  std::vector<float> weights(weight_elements(problem));
  for (float& w : weights) w = static_cast<float>(rng.uniform(-1, 1));
  const auto on = [&](int threads) {
    const ThreadScope scope(threads);
    return run(problem, {in}, weights);
  };
  EXPECT_EQ(on(1), on(2));
  EXPECT_EQ(on(1), on(3));
}

TEST(ReferencePool, TreatsPaddingAsItsKindSays) {
  const Values in = {1, 2, 3, 4};  // 2x2, windows of 2x2 at stride 2 with a border of one
  const auto pool = [&](PoolKind kind) {
    return run({PoolProblem{kind, 1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1}, {}}, {in});
  };
  EXPECT_EQ(pool(PoolKind::kMax), (Values{1, 2, 3, 4}));
  EXPECT_EQ(pool(PoolKind::kAvgIncludePad), (Values{0.25, 0.5, 0.75, 1}));
  EXPECT_EQ(pool(PoolKind::kAvgExcludePad), (Values{1, 2, 3, 4}));
  EXPECT_EQ(run({PoolProblem{PoolKind::kAvgExcludePad, 1, 1, 2, 2, 2, 2}, {}}, {in}),
            (Values{2.5}));
  // Negative values: the padding of a maximum counts as nothing, not as zero.
  EXPECT_EQ(run({PoolProblem{PoolKind::kMax, 1, 1, 1, 2, 1, 2, 1, 1, 0, 0, 1, 0}, {}}, {{-5, -7}}),
            (Values{-5, -5}));
}

TEST(ReferenceFullyConnected, MultipliesInNchwOrder) {
  EXPECT_EQ(run({FcProblem{2, 2, 1, 2, 2}, {.bias = true, .residual = false, .activation = {}}},
                {counting(8)}, {1, 0, 0, 0, 1, 10, 100, 1000}, {0.5, -1}),
            (Values{1.5, 4320, 5.5, 8764}));
}

TEST(ReferenceEltwise, AppliesTheActivation) {
  Problem problem{EltwiseProblem{{1, 1, 1, 3}}, {}};
  problem.post_ops.activation = {ActivationKind::kRelu, 0, 0};
  EXPECT_EQ(run(problem, {{-1, 0, 2}}), (Values{0, 0, 2}));
  problem.post_ops.activation = {ActivationKind::kClip, -0.5f, 1};
  EXPECT_EQ(run(problem, {{-1, 0, 2}}), (Values{-0.5, 0, 1}));
}

TEST(ReferenceScale, ScalesAndShiftsEachChannel) {
  EXPECT_EQ(run({ScaleProblem{{1, 2, 1, 2}}, {}}, {{1, 2, 3, 4}}, {10, 100}, {1, -1}),
            (Values{11, 21, 299, 399}));
}

TEST(ReferenceBinary, AddsAndMultiplies) {
  const Shape4 shape{1, 1, 1, 2};
  EXPECT_EQ(run({BinaryProblem{BinaryKind::kAdd, shape}, {}}, {{1, 2}, {10, 20}}),
            (Values{11, 22}));
  EXPECT_EQ(run({BinaryProblem{BinaryKind::kMul, shape}, {}}, {{1, 2}, {10, 20}}),
            (Values{10, 40}));
}

TEST(ReferenceConcat, InterleavesTheImages) {
  EXPECT_EQ(run({ConcatProblem{2, 1, 1, {1, 2}}, {}}, {{1, 2}, {10, 20, 30, 40}}),
            (Values{1, 10, 20, 2, 30, 40}));
}

// Window 3: one channel each way. Window 2: floor(1/2) = 0 before, ceil(1/2) = 1 after.
TEST(ReferenceLrn, SumsTheSquaresOfItsWindow) {
  const Shape4 shape{1, 3, 1, 1};
  const Values in = {1, 2, 3};
  EXPECT_EQ(run({LrnProblem{shape, 3, 3, 1, 1}, {}}, {in}),
            (Values{1.0 / (1 + 1 + 4), 2.0 / (1 + 1 + 4 + 9), 3.0 / (1 + 4 + 9)}));
  EXPECT_EQ(run({LrnProblem{shape, 2, 2, 2, 1}, {}}, {in}),
            (Values{1.0 / 36, 2.0 / 196, 3.0 / 100}));
}

TEST(ReferenceSoftmax, NormalisesOverTheChannelsOfEachPixel) {
  const double e = std::exp(1.0);
  const Values out = run({SoftmaxProblem{{1, 2, 1, 2}}, {}}, {{1000, 1, 1001, 1}});
  EXPECT_NEAR(out[0], 1 / (1 + e), 1e-15);
  EXPECT_NEAR(out[2], e / (1 + e), 1e-15);
  EXPECT_EQ(out[1], 0.5);
  EXPECT_EQ(out[3], 0.5);
}

TEST(ReferenceCopies, ReshapeAndTransformKeepTheValues) {
  EXPECT_EQ(run({ReshapeProblem{{1, 2, 1, 3}, {1, 6, 1, 1}}, {}}, {counting(6)}), counting(6));
  EXPECT_EQ(run({TransformProblem{{1, 2, 1, 3}, Layout::kNchw, Layout::kNhwc}, {}}, {counting(6)}),
            counting(6));
}

TEST(RelativeError, IsTheLargestDifferenceOverTheLargestReference) {
  const auto error = [](const std::vector<float>& a, const Values& b) {
    return relative_error(std::span<const float>(a), b);
  };
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_DOUBLE_EQ(error({1, -4, 2.5f}, {1, -4, 2}), 0.125);
  EXPECT_EQ(error({0, 0}, {0, 0}), 0);
  EXPECT_EQ(error({0, 1}, {0, 0}), infinity);
  EXPECT_EQ(error({0, std::numeric_limits<float>::quiet_NaN()}, {0, 1}), infinity);
  EXPECT_EQ(error({0, std::numeric_limits<float>::infinity()}, {0, 1}), infinity);
}

TEST(Layouts, PutChannelsTogetherAndPadThemWithZeros) {
  const Shape4 shape{1, 2, 1, 2};
  const std::vector<float> nchw = {1, 2, 3, 4};
  EXPECT_EQ(to_layout(nchw, shape, Layout::kNhwc), (std::vector<float>{1, 3, 2, 4}));
  std::vector<float> blocked(16);
  blocked[0] = 1, blocked[1] = 3, blocked[8] = 2, blocked[9] = 4;
  EXPECT_EQ(to_layout(nchw, shape, Layout::kNchw8c), blocked);
}

TEST(Layouts, GiveBackWhatTheyWereGiven) {
  Rng rng(23);
  for (const Shape4& shape : {Shape4{2, 17, 3, 5}, {1, 16, 4, 1}, {3, 1, 1, 7}, {1, 40, 1, 1}}) {
    std::vector<float> values(shape.elements());
    for (float& v : values) v = static_cast<float>(rng.uniform(-1, 1));
    for (const Layout layout : kAllLayouts)
      EXPECT_EQ(from_layout(to_layout(values, shape, layout), shape, layout), values);
  }
}

}  // namespace
}  // namespace kernwise::test
