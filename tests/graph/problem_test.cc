// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/problem.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace kernwise {
namespace {

Problem parsed(std::string_view text) {
  Result<Problem> problem = parse_problem(text);
  EXPECT_TRUE(problem.ok()) << text << ": " << (problem.ok() ? "" : to_string(problem.error()));
  return problem.ok() ? *problem : Problem{};
}

// Problem strings and database rows hold these.
TEST(ProblemTest, KindsAndTheirNamesAreFrozen) {
  const std::vector<std::string_view> names = {
      "conv",  "pool",    "fc",      "eltwise",   "scale",  "binary",    "concat",
      "lrn",   "softmax", "reshape", "transform", "deconv", "broadcast", "strided",
      "slice", "shuffle", "pad",     "resize",    "matmul", "gemm",      "gemv",
      "matconv"};
  ASSERT_EQ(names.size(), std::variant_size_v<Operator>);
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(to_string(static_cast<ProblemKind>(i)), names[i]);
  }
  EXPECT_EQ(Problem{ConvProblem{}}.kind(), ProblemKind::kConv);
  EXPECT_EQ(Problem{PoolProblem{}}.kind(), ProblemKind::kPool);
  EXPECT_EQ(Problem{FcProblem{}}.kind(), ProblemKind::kFc);
  EXPECT_EQ(Problem{EltwiseProblem{}}.kind(), ProblemKind::kEltwise);
  EXPECT_EQ(Problem{ScaleProblem{}}.kind(), ProblemKind::kScale);
  EXPECT_EQ(Problem{BinaryProblem{}}.kind(), ProblemKind::kBinary);
  EXPECT_EQ(Problem{ConcatProblem{}}.kind(), ProblemKind::kConcat);
  EXPECT_EQ(Problem{LrnProblem{}}.kind(), ProblemKind::kLrn);
  EXPECT_EQ(Problem{SoftmaxProblem{}}.kind(), ProblemKind::kSoftmax);
  EXPECT_EQ(Problem{ReshapeProblem{}}.kind(), ProblemKind::kReshape);
  EXPECT_EQ(Problem{TransformProblem{}}.kind(), ProblemKind::kTransform);
  EXPECT_EQ(Problem{DeconvProblem{}}.kind(), ProblemKind::kDeconv);
  EXPECT_EQ(Problem{BroadcastProblem{}}.kind(), ProblemKind::kBroadcast);
  EXPECT_EQ(Problem{StridedProblem{}}.kind(), ProblemKind::kStrided);
  EXPECT_EQ(Problem{SliceProblem{}}.kind(), ProblemKind::kSlice);
  EXPECT_EQ(Problem{ShuffleProblem{}}.kind(), ProblemKind::kShuffle);
  EXPECT_EQ(Problem{PadProblem{}}.kind(), ProblemKind::kPad);
  EXPECT_EQ(Problem{ResizeProblem{}}.kind(), ProblemKind::kResize);
  EXPECT_EQ(Problem{MatmulProblem{}}.kind(), ProblemKind::kMatmul);
  EXPECT_EQ(Problem{GemmProblem{}}.kind(), ProblemKind::kGemm);
  EXPECT_EQ(Problem{GemvProblem{}}.kind(), ProblemKind::kGemv);
  EXPECT_EQ(Problem{MatconvProblem{}}.kind(), ProblemKind::kMatconv);
}

TEST(ProblemTest, ShapesWeightsAndWorkOfAConvolution) {
  const Problem p = parsed("conv:n2ic64ih56iw28oc128kh3kw3sh2sw1ph1pw1dh1dw1g2+bias+sum+relu");
  EXPECT_EQ(input_count(p), 1);
  EXPECT_EQ(input_shape(p, 0), (Shape4{2, 64, 56, 28}));
  EXPECT_EQ(output_shape(p), (Shape4{2, 128, 28, 28}));
  EXPECT_EQ(weight_elements(p), 128 * 32 * 9);
  EXPECT_EQ(bias_elements(p), 128);
  EXPECT_EQ(macs(p), Macs{int64_t{2} * 128 * 28 * 28 * 32 * 9});
}

TEST(ProblemTest, DilationAndUnevenPaddingChangeTheOutput) {
  const Problem dilated = parsed("conv:ic3ih20oc8kh3dh4");
  EXPECT_EQ(output_shape(dilated), (Shape4{1, 8, 12, 12}));
  const Problem uneven = parsed("conv:ic3ih20oc8kh3pt1pb2pl0pr5");
  EXPECT_EQ(output_shape(uneven), (Shape4{1, 8, 21, 23}));
}

TEST(ProblemTest, DepthwiseMeansOneChannelPerGroupOnBothSides) {
  EXPECT_TRUE(parsed("conv:ic8ih9oc8kh3g8").as<ConvProblem>()->depthwise());
  EXPECT_FALSE(parsed("conv:ic8ih9oc16kh3g8").as<ConvProblem>()->depthwise());
  EXPECT_FALSE(parsed("conv:ic1ih9oc1kh3").as<ConvProblem>()->depthwise());
}

TEST(ProblemTest, ShapesOfTheOtherKinds) {
  const Problem pool = parsed("pool:max:n1c64ih112iw112kh3kw3sh2sw2pt0pb1pl0pr1");
  EXPECT_EQ(output_shape(pool), (Shape4{1, 64, 56, 56}));
  EXPECT_EQ(weight_elements(pool), 0);
  EXPECT_EQ(macs(pool), Macs{0});
  EXPECT_EQ(least_traffic(pool),
            Bytes{4 * (input_shape(pool, 0).elements() + output_shape(pool).elements())});

  const Problem fc = parsed("fc:n4ic256ih6iw6oc4096+bias");
  EXPECT_EQ(output_shape(fc), (Shape4{4, 4096, 1, 1}));
  EXPECT_EQ(weight_elements(fc), 9216 * 4096);
  EXPECT_EQ(macs(fc), Macs{int64_t{4} * 9216 * 4096});

  const Problem concat = parsed("concat:n1h28w14c64c128c32");
  EXPECT_EQ(input_count(concat), 3);
  EXPECT_EQ(input_shape(concat, 1), (Shape4{1, 128, 28, 14}));
  EXPECT_EQ(output_shape(concat), (Shape4{1, 224, 28, 14}));

  const Problem binary = parsed("binary:mul:n1c8h4w4");
  EXPECT_EQ(input_count(binary), 2);
  EXPECT_EQ(input_shape(binary, 1), output_shape(binary));

  const Problem reshape = parsed("reshape:n2c256h6w6-n2c9216h1w1");
  EXPECT_EQ(input_shape(reshape, 0), (Shape4{2, 256, 6, 6}));
  EXPECT_EQ(output_shape(reshape), (Shape4{2, 9216, 1, 1}));

  const Problem deconv = parsed("deconv:ic64ih7iw7oc32oh14ow14kh4kw4sh2sw2ph1pw1");
  EXPECT_EQ(output_shape(deconv), (Shape4{1, 32, 14, 14}));
  EXPECT_EQ(weight_elements(deconv), 64 * 32 * 16);
  EXPECT_EQ(macs(deconv), Macs{int64_t{64} * 49 * 32 * 16});

  const Problem excite = parsed("broadcast:mul:n2c96h28w28-n2c96h1w1");
  EXPECT_EQ(input_count(excite), 2);
  EXPECT_EQ(input_shape(excite, 1), (Shape4{2, 96, 1, 1}));
  EXPECT_EQ(output_shape(excite), (Shape4{2, 96, 28, 28}));
  const Problem constant = parsed("broadcast:const-sub:c1h4w1-c5h1w3");
  EXPECT_EQ(input_count(constant), 1);
  EXPECT_EQ(input_shape(constant, 0), (Shape4{1, 5, 1, 3}));
  EXPECT_EQ(output_shape(constant), (Shape4{1, 5, 4, 3}));
  EXPECT_EQ(weight_elements(constant), 4);

  const Problem matmul = parsed("matmul:n2c1h5w7-n1c3h7w4");
  EXPECT_EQ(output_shape(matmul), (Shape4{2, 3, 5, 4}));
  EXPECT_EQ(macs(matmul), Macs{int64_t{2} * 3 * 5 * 4 * 7});
  EXPECT_EQ(output_shape(parsed("slice:c116h28first58count50")), (Shape4{1, 50, 28, 28}));
  EXPECT_EQ(output_shape(parsed("pad:edge:c3h8nb1ca2hb1wa4")), (Shape4{2, 5, 9, 12}));
  EXPECT_EQ(output_shape(parsed("resize:linear-half:c4ih8oh16yscale2xscale2")),
            (Shape4{1, 4, 16, 16}));

  const Problem transform = parsed("transform:nchw-nchw16c:n1c3h8w8");
  EXPECT_EQ(output_shape(transform), (Shape4{1, 3, 8, 8}));
}

TEST(ProblemTest, ShapesAndWorkOfTheMatrixKernels) {
  const Problem gemm = parsed("gemm:m5n4k7");
  EXPECT_EQ(input_count(gemm), 2);
  EXPECT_EQ(input_shape(gemm, 0), (Shape4{1, 1, 5, 7}));
  EXPECT_EQ(input_shape(gemm, 1), (Shape4{1, 1, 7, 4}));
  EXPECT_EQ(output_shape(gemm), (Shape4{1, 1, 5, 4}));
  EXPECT_EQ(macs(gemm), Macs{140});
  EXPECT_EQ(least_traffic(gemm), Bytes{4 * (35 + 28 + 20)});

  const Problem gemv = parsed("gemv:m5n4");
  EXPECT_EQ(input_shape(gemv, 0), (Shape4{1, 1, 5, 4}));
  EXPECT_EQ(input_shape(gemv, 1), (Shape4{1, 1, 1, 4}));
  EXPECT_EQ(output_shape(gemv), (Shape4{1, 1, 1, 5}));
  EXPECT_EQ(macs(gemv), Macs{20});

  const Problem matconv = parsed("matconv:h9w7r3");
  EXPECT_EQ(input_count(matconv), 2);
  EXPECT_EQ(input_shape(matconv, 0), (Shape4{1, 1, 9, 7}));
  EXPECT_EQ(input_shape(matconv, 1), (Shape4{1, 1, 3, 3}));
  EXPECT_EQ(output_shape(matconv), (Shape4{1, 1, 7, 5}));
  EXPECT_EQ(macs(matconv), Macs{35 * 9});
  EXPECT_EQ(weight_elements(matconv), 0);
}

// A scale layer always has its shift, whether or not anything asks for a bias.
TEST(ProblemTest, ScaleHasAWeightAndAShiftPerChannel) {
  const Problem p = parsed("scale:n2c64h56w56+relu");
  EXPECT_EQ(weight_elements(p), 64);
  EXPECT_EQ(bias_elements(p), 64);
}

TEST(ProblemTest, ActivationsActAsDefined) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Activation none, relu{ActivationKind::kRelu}, clip{ActivationKind::kClip, -1, 6};
  EXPECT_EQ(apply(none, -3), -3);
  EXPECT_EQ(apply(relu, -3), 0);
  EXPECT_EQ(apply(relu, 3), 3);
  EXPECT_EQ(apply(clip, -3), -1);
  EXPECT_EQ(apply(clip, 7), 6);
  EXPECT_EQ(apply(clip, 2.5F), 2.5F);
  EXPECT_EQ(apply({ActivationKind::kLeakyRelu, 0.5F, 0}, -3), -1.5F);
  EXPECT_EQ(apply({ActivationKind::kLeakyRelu, 0.5F, 0}, 3), 3);
  EXPECT_EQ(apply({ActivationKind::kSigmoid, 0, 0}, 0), 0.5F);
  EXPECT_EQ(apply({ActivationKind::kTanh, 0, 0}, 0), 0);
  EXPECT_EQ(apply({ActivationKind::kHardSigmoid, 0.25F, 0.5F}, 1), 0.75F);
  EXPECT_EQ(apply({ActivationKind::kHardSigmoid, 0.25F, 0.5F}, 9), 1);
  EXPECT_EQ(apply({ActivationKind::kHardSwish, 0, 0}, 6), 6);
  EXPECT_EQ(apply({ActivationKind::kHardSwish, 0, 0}, -3), 0);
  EXPECT_NEAR(apply({ActivationKind::kSwish, 0, 0}, 1), 0.7310586F, 1e-6F);
  EXPECT_TRUE(std::isnan(apply(relu, nan)));
  EXPECT_TRUE(std::isnan(apply(clip, nan)));
}

struct BadProblem {
  Problem problem;
  const char* says;
};

void PrintTo(const BadProblem& bad, std::ostream* out) { *out << to_string(bad.problem); }

class ValidateTest : public testing::TestWithParam<BadProblem> {};

// Each broken rule is named.
TEST_P(ValidateTest, NamesTheBrokenRule) {
  const Status status = validate(GetParam().problem);
  ASSERT_FALSE(status.ok()) << to_string(GetParam().problem);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(status.error().message.find(GetParam().says), std::string::npos)
      << to_string(status.error());
  EXPECT_FALSE(status.error().context.empty());
}

constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

INSTANTIATE_TEST_SUITE_P(
    Rules, ValidateTest,
    testing::Values(
        BadProblem{{ConvProblem{.ic = 0}}, "ic is 0"},
        BadProblem{{ConvProblem{.n = -4}}, "n is -4"},
        BadProblem{{ConvProblem{.sh = 0}}, "sh is 0"},
        BadProblem{{ConvProblem{.pt = -1, .pb = 3}}, "pt is -1"},
        BadProblem{{ConvProblem{.n = kHuge}}, "n is 9223372036854775807"},
        BadProblem{{ConvProblem{.kh = kHuge, .dh = kHuge}}, "kh is"},
        BadProblem{{ConvProblem{.ic = 6, .oc = 4, .g = 4}}, "g4 does not divide ic6"},
        BadProblem{{ConvProblem{.ic = 4, .oc = 6, .g = 4}}, "g4 does not divide oc6"},
        BadProblem{{ConvProblem{.ih = 2, .iw = 9, .kh = 3, .kw = 3}}, "spans 3 elements along h"},
        BadProblem{{ConvProblem{.ih = 9, .iw = 4, .kw = 3, .dw = 2}}, "spans 5 elements along w"},
        BadProblem{{ConvProblem{.n = 1 << 20, .ic = 1 << 20, .ih = 2}}, "padded input"},
        BadProblem{{ConvProblem{.pt = (1LL << 31) - 1, .pl = (1LL << 31) - 1}}, "padded input"},
        BadProblem{{ConvProblem{.ih = 1 << 15, .iw = 1 << 15, .oc = 1 << 15}}, "output"},
        BadProblem{{ConvProblem{.ic = 1 << 20, .ih = 2, .iw = 2, .oc = 1 << 20, .kh = 2}},
                   "weight tensor"},
        BadProblem{{ConvProblem{.ih = 1 << 20, .iw = 1 << 20, .kh = 1 << 19, .kw = 1 << 19}},
                   "multiply-accumulates"},
        BadProblem{{PoolProblem{.c = 4, .ih = 8, .iw = 8, .kh = 3, .kw = 3, .pb = 3}},
                   "smaller than the pooling window"},
        BadProblem{{PoolProblem{.c = 4, .ih = 2, .iw = 8, .kh = 3, .kw = 3}}, "along h"},
        BadProblem{{FcProblem{.ic = 1LL << 40, .oc = 2}}, "weight tensor"},
        BadProblem{{FcProblem{.n = 1LL << 21, .ic = 1LL << 20}}, "input"},
        BadProblem{{ConcatProblem{}}, "c is given 0 times"},
        BadProblem{{ConcatProblem{.channels = std::vector<int64_t>(4097, 1)}}, "4097 times"},
        BadProblem{{ConcatProblem{.channels = {4, 0}}}, "c is 0"},
        BadProblem{{ConcatProblem{.h = 2, .channels = {1LL << 39, 1}}}, "output"},
        BadProblem{{LrnProblem{.size = 5, .alpha = kNan}}, "alpha is not a finite number"},
        BadProblem{{LrnProblem{.size = 5, .k = kInf}}, "k is not a finite number"},
        BadProblem{{ReshapeProblem{{1, 6, 1, 1}, {1, 2, 2, 1}}}, "turns 6 elements into 4"},
        BadProblem{{SoftmaxProblem{{1, 1 << 20, 1 << 11, 1 << 11}}}, "2^40"},
        BadProblem{{BroadcastProblem{.a = {2, 1, 1, 1}, .b = {3, 1, 1, 1}}}, "2 and 3 along n"},
        BadProblem{{MatmulProblem{{1, 1, 2, 3}, {1, 1, 2, 3}}}, "do not meet"},
        BadProblem{{GemmProblem{.m = 0}}, "m is 0"},
        BadProblem{{GemmProblem{.m = 1LL << 30, .n = 1LL << 30}}, "output"},
        BadProblem{{GemmProblem{.m = 1LL << 30, .k = 1LL << 30}}, "first matrix"},
        BadProblem{{GemmProblem{.n = 1LL << 30, .k = 1LL << 30}}, "second matrix"},
        BadProblem{{GemmProblem{}, {.bias = true}}, "takes no +bias"},
        BadProblem{{GemvProblem{.m = 1LL << 30, .n = 1LL << 30}}, "matrix"},
        BadProblem{{GemvProblem{}, {.activation = {ActivationKind::kRelu}}}, "no activation"},
        BadProblem{{MatconvProblem{.h = 4, .w = 9, .r = 5}}, "spans 5 elements along h"},
        BadProblem{{MatconvProblem{.h = 9, .w = 4, .r = 5}}, "spans 5 elements along w"},
        BadProblem{{MatconvProblem{.h = 1 << 21, .w = 1 << 20}}, "image"},
        BadProblem{{MatconvProblem{.h = 1 << 20, .w = 1 << 20, .r = 1 << 19}}, "accumulates"},
        BadProblem{{DeconvProblem{.ic = 6, .oc = 4, .g = 4}}, "g4 does not divide ic6"},
        BadProblem{{DeconvProblem{.ih = 1LL << 30, .sh = 1 << 30}}, "unpadded output"},
        BadProblem{{DeconvProblem{}, {.residual = true}}, "takes no +sum"},
        BadProblem{{StridedProblem{.sizes = {1}, .strides = {1, 2}}}, "1 sizes and 2 strides"},
        BadProblem{{StridedProblem{{1, 4, 1, 1}, {1, 4, 1, 1}, 0, {3}, {1}}}, "do not make"},
        BadProblem{{StridedProblem{{1, 4, 1, 1}, {1, 4, 1, 1}, 1, {4}, {1}}}, "1 to 4 are read"},
        BadProblem{{StridedProblem{{1, 4, 1, 1}, {1, 4, 1, 1}, 2, {4}, {-1}}}, "-1 to 2 are read"},
        BadProblem{{SliceProblem{{1, 4, 1, 1}, 2, 3}}, "channels 2 to 4 are taken of 4"},
        BadProblem{{ShuffleProblem{{1, 4, 1, 1}, 3}}, "g3 does not divide c4"},
        BadProblem{{PadProblem{.kind = PadKind::kReflect, .hb = 1}}, "smaller than what"},
        BadProblem{{PadProblem{.kind = PadKind::kEdge, .value = 1}}, "only constant"},
        BadProblem{{ResizeProblem{.yscale = -1}}, "positive"},
        BadProblem{{ResizeProblem{.xscale = kNan}}, "not a finite number"},
        BadProblem{{ConvProblem{}, {.activation = {ActivationKind::kLeakyRelu, kInf, 0}}}, "slope"},
        BadProblem{{ConvProblem{}, {.activation = {ActivationKind::kSwish, 1, 0}}}, "parameters"},
        BadProblem{{EltwiseProblem{}}, "no activation"},
        BadProblem{{EltwiseProblem{}, {.bias = true, .activation = {ActivationKind::kRelu}}},
                   "takes no +bias"},
        BadProblem{{BinaryProblem{}, {.residual = true}}, "takes no +sum"},
        BadProblem{{TransformProblem{}, {.activation = {ActivationKind::kRelu}}},
                   "takes no activation"},
        BadProblem{{PoolProblem{}, {.activation = {ActivationKind::kRelu}}}, "takes no activation"},
        BadProblem{{ConvProblem{}, {.activation = {ActivationKind::kRelu, 0, 1}}}, "bounds"},
        BadProblem{{ConvProblem{}, {.activation = {ActivationKind::kClip, 2, 1}}}, "lower bound"},
        BadProblem{{ConvProblem{}, {.activation = {ActivationKind::kClip, kNan, 1}}},
                   "lower bound"}));

TEST(ValidateTest, TheLargestSizesAreAccepted) {
  EXPECT_TRUE(validate({SoftmaxProblem{{1, 1LL << 40, 1, 1}}}).ok());
  EXPECT_TRUE(validate({ConcatProblem{.channels = std::vector<int64_t>(4096, 1)}}).ok());
  EXPECT_TRUE(validate({ConvProblem{}, {.activation = {ActivationKind::kClip, -kInf, kInf}}}).ok());
}

}  // namespace
}  // namespace kernwise
