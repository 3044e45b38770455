// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string>

#include "graph/random_problem.h"
#include "kernwise/graph/problem.h"

namespace kernwise {
namespace {

// One example per kind, as the header shows them: these strings are database keys.
constexpr std::array<const char*, 42> kCanonical = {
    "conv:n1ic64ih56iw56oc128kh3kw3sh1sw1ph1pw1dh1dw1g1+bias+sum+relu",
    "conv:n1ic3ih224iw224oc32kh3kw3sh2sw2pt0pb1pl0pr1dh1dw1g1+bias+clip0,6",
    "pool:max:n1c64ih112iw112kh3kw3sh2sw2pt0pb1pl0pr1",
    "pool:avg:n1c64ih112iw112kh3kw3sh2sw2ph1pw1",
    "pool:avgpad:n1c64ih112iw112kh3kw3sh2sw2ph1pw1",
    "fc:n1ic256ih6iw6oc4096+bias+relu",
    "eltwise:n1c64h56w56+clip0,6",
    "scale:n1c64h56w56+relu",
    "binary:add:n1c256h56w56+relu",
    "binary:mul:n1c256h56w56",
    "concat:n1h28w28c64c128c32",
    "lrn:n1c96h54w54size5alpha1e-04beta0.75k1",
    "softmax:n1c1000h1w1",
    "reshape:n1c256h6w6-n1c9216h1w1",
    "transform:nchw-nhwc:n1c64h56w56",
    "transform:nchw16c-nchw8c:n1c64h56w56",
    "deconv:n1ic64ih7iw7oc32oh14ow14kh4kw4sh2sw2ph1pw1dh1dw1g1+bias+relu",
    "broadcast:mul:n1c96h28w28-n1c96h1w1",
    "broadcast:const-sub:n1c96h1w1-n1c96h28w28+relu",
    "broadcast:prelu-const:n1c96h28w28-n1c96h1w1",
    "strided:n1c64h7w7-n1c7h7w64-o0d49d64s1s49",
    "strided:n1c5h1w1-n1c5h1w1-o4d5s-1",
    "slice:n1c116h28w28first58count58",
    "shuffle:n1c116h28w28g2",
    "pad:constant:n1c3h8w8nb0na0cb0ca0hb1ha1wb1wa1value0",
    "pad:reflect:n1c3h8w8nb0na0cb0ca0hb1ha1wb1wa1value0",
    "pad:edge:n1c3h8w8nb0na0cb0ca0hb1ha1wb1wa1value0",
    "resize:nearest-half-floor:n1c64ih8iw8oh16ow16yscale2xscale2",
    "resize:nearest-asymmetric-preferceil:n1c64ih8iw8oh16ow16yscale2xscale2",
    "resize:linear-corners:n1c64ih8iw8oh12ow12yscale1.5xscale1.5",
    "resize:linear-pytorch:n1c64ih8iw8oh12ow12yscale1.5xscale1.5",
    "resize:linear-symmetric:n1c64ih8iw8oh12ow12yscale1.5xscale1.5",
    "matmul:n1c8h64w32-n1c8h32w64",
    "gemm:m512n256k64",
    "gemv:m512n256",
    "matconv:h512w400r5",
    "eltwise:n1c64h56w56+leaky0.01",
    "eltwise:n1c64h56w56+sigmoid",
    "eltwise:n1c64h56w56+tanh",
    "eltwise:n1c64h56w56+hardsigmoid0.2,0.5",
    "binary:sub:n1c256h56w56+hardswish",
    "scale:n1c256h56w56+swish",
};

TEST(ProblemStringTest, CanonicalStringsAreFrozen) {
  for (const char* text : kCanonical) {
    const auto problem = parse_problem(text);
    ASSERT_TRUE(problem.ok()) << to_string(problem.error());
    EXPECT_EQ(to_string(*problem), text);
  }
}

TEST(ProblemStringTest, ShortStringsLeaveDefaultsOut) {
  const std::array<std::array<const char*, 2>, 17> cases = {{
      {"conv:n1ic64ih56iw56oc128kh3kw3sh1sw1ph1pw1dh1dw1g1+bias+sum+relu",
       "conv:ic64ih56oc128kh3ph1+bias+sum+relu"},
      {"conv:n2ic64ih56iw28oc128kh3kw1sh2sw1ph1pw0dh2dw1g4",
       "conv:n2ic64ih56iw28oc128kh3kw1sh2sw1ph1pw0dh2dw1g4"},
      {"conv:n1ic3ih9iw9oc4kh3kw3sh1sw1pt0pb1pl0pr1dh1dw1g1", "conv:ic3ih9oc4kh3pb1"},
      {"conv:n1ic3ih9iw9oc4kh3kw3sh1sw1pt1pb1pl0pr1dh1dw1g1", "conv:ic3ih9oc4kh3pt1pb1pl0"},
      {"pool:max:n1c64ih112iw112kh3kw3sh2sw2pt0pb1pl0pr1", "pool:max:c64ih112kh3sh2pb1"},
      {"fc:n1ic4096ih1iw1oc1000+bias", "fc:ic4096oc1000+bias"},
      {"eltwise:n1c64h56w56+relu", "eltwise:c64h56+relu"},
      {"scale:n1c64h5w1", "scale:c64h5w1"},
      {"binary:add:n1c256h56w56+relu", "binary:add:c256h56+relu"},
      {"concat:n1h28w28c64c128c32", "concat:h28c64c128c32"},
      {"lrn:n1c96h54w54size5alpha1e-04beta0.75k1", "lrn:c96h54size5"},
      {"softmax:n1c1000h1w1", "softmax:c1000"},
      {"reshape:n1c256h6w6-n1c9216h1w1", "reshape:c256h6-c9216"},
      {"transform:nchw-nchw8c:n1c64h1w1", "transform:nchw-nchw8c:c64"},
      {"gemm:m512n256k64", "gemm:m512n256k64"},
      {"matconv:h512w512r5", "matconv:h512r5"},
      {"matconv:h512w400r5", "matconv:h512w400r5"},
  }};
  for (const auto& [canonical, expected] : cases) {
    const auto problem = parse_problem(canonical);
    ASSERT_TRUE(problem.ok()) << to_string(problem.error());
    EXPECT_EQ(to_short_string(*problem), expected);
    const auto again = parse_problem(expected);
    ASSERT_TRUE(again.ok()) << to_string(again.error());
    EXPECT_EQ(to_string(*again), canonical);
  }
}

TEST(ProblemStringTest, ParserTakesAnyOrderAndTheWordWithoutItsColon) {
  const std::array<std::array<const char*, 2>, 5> cases = {{
      {"conv:kh3oc4ih9ic3", "conv:ic3ih9oc4kh3"},
      {"conv:ic3ih9oc4kh3pw1ph0", "conv:ic3ih9oc4kh3ph0pw1"},
      {"pool:maxn1c64ih112kh3sh2", "pool:max:c64ih112kh3sh2"},
      {"pool:avgc64ih112kh3", "pool:avg:c64ih112kh3"},
      {"transform:nchw-nhwcc64h8", "transform:nchw-nhwc:c64h8"},
  }};
  for (const auto& [text, same] : cases) {
    const auto a = parse_problem(text), b = parse_problem(same);
    ASSERT_TRUE(a.ok() && b.ok()) << text;
    EXPECT_EQ(*a, *b) << text;
  }
}

void round_trip(const Problem& problem) {
  const Status status = validate(problem);
  RC_ASSERT(status.ok());
  for (const std::string& text : {to_string(problem), to_short_string(problem)}) {
    const auto back = parse_problem(text);
    if (!back.ok()) RC_FAIL(to_string(back.error()));
    RC_ASSERT(*back == problem);
  }
}

// Both strings of every valid problem read back as that problem, floats included.
RC_GTEST_PROP(ProblemStringTest, EveryProblemRoundTrips, ()) { round_trip(*any_problem()); }

TEST(ProblemStringTest, ProblemsOfEachKindRoundTrip) {
  for (std::size_t i = 0; i < std::variant_size_v<Operator>; ++i) {
    const auto kind = static_cast<ProblemKind>(i);
    EXPECT_TRUE(
        rc::check(std::string(to_string(kind)), [kind] { round_trip(*any_problem(kind)); }));
  }
}

// The key property: different problems never share a canonical string.
RC_GTEST_PROP(ProblemStringTest, EqualStringsMeanEqualProblems, ()) {
  const auto kind = static_cast<ProblemKind>(
      *rc::gen::inRange(0, static_cast<int>(std::variant_size_v<Operator>)));
  const Problem a = *any_problem(kind), b = *any_problem(kind);
  RC_ASSERT((a == b) == (to_string(a) == to_string(b)));
}

TEST(ProblemStringTest, MinusZeroIsSpeltAsTheZeroItEquals) {
  const Problem a{EltwiseProblem{}, {.activation = {ActivationKind::kClip, -0.0F, 6}}};
  EXPECT_EQ(to_string(a), "eltwise:n1c1h1w1+clip0,6");
}

TEST(ProblemStringTest, HugeBoundsHaveNoPlusInThem) {
  const Problem a{EltwiseProblem{}, {.activation = {ActivationKind::kClip, -3e38F, 3.4028235e38F}}};
  EXPECT_EQ(to_string(a), "eltwise:n1c1h1w1+clip-3e38,3.4028235e38");
}

struct BadText {
  std::string text;
  const char* message;  // part of it
  const char* hint;     // part of it
};

void PrintTo(const BadText& bad, std::ostream* out) { *out << testing::PrintToString(bad.text); }

class BadTextTest : public testing::TestWithParam<BadText> {};

// Messages say what is wrong and at which character, hints which fields belong there.
TEST_P(BadTextTest, IsRefusedWithPlaceAndHint) {
  const auto problem = parse_problem(GetParam().text);
  ASSERT_FALSE(problem.ok()) << GetParam().text;
  EXPECT_EQ(problem.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(problem.error().message.find(GetParam().message), std::string::npos)
      << to_string(problem.error());
  EXPECT_NE(problem.error().hint.find(GetParam().hint), std::string::npos)
      << to_string(problem.error());
  ASSERT_EQ(problem.error().context.size(), 1U);
  EXPECT_EQ(problem.error().context[0].find("problem '"), 0U);
}

constexpr const char* kConvHint =
    "conv are n ic ih iw oc kh kw sh sw ph pw (or pt pb pl pr) dh dw g";

INSTANTIATE_TEST_SUITE_P(
    Texts, BadTextTest,
    testing::Values(
        BadText{"", "no known kind at position 1", "conv: pool:"},
        BadText{"conv", "no known kind", "conv:"}, BadText{"Conv:ic1", "no known kind", ""},
        BadText{" conv:ic1", "no known kind", ""}, BadText{"convolution:", "no known kind", ""},
        BadText{"conv:", "'ic' is missing before position 6 (the end)", kConvHint},
        BadText{"conv:ic3ih9oc4", "'kh' is missing before position 15 (the end)", kConvHint},
        BadText{"conv:ic3ih9oc4+relu", "'kh' is missing before position 15 ('+')", kConvHint},
        BadText{"conv:ic3qq4", "unknown field 'qq' at position 9", kConvHint},
        BadText{"conv:ic", "ic needs a whole number at position 8", kConvHint},
        BadText{"conv:ic-3", "ic needs a whole number at position 8", kConvHint},
        BadText{"conv:ic3.5ih9oc4kh3", "'ih' is missing before position 9 ('.')", kConvHint},
        BadText{"conv:ic3ih9oc4kh3.", "unexpected text at position 18 ('.')", kConvHint},
        BadText{"conv:ic99999999999999999999", "out of range", kConvHint},
        BadText{"conv:ic3ic3", "'ic' at position 9 is given already", kConvHint},
        BadText{"conv:ic3ih9oc4kh3ph1pt1", "'pt' at position 21 is given already", kConvHint},
        BadText{"conv:ic3ih9oc4kh3pr1pw1", "'pw' at position 21 is given already", kConvHint},
        BadText{"conv:ic3ih9oc4kh3 ", "unexpected text at position 18 (' ')", "+bias, +sum"},
        BadText{std::string("conv:ic3ih9oc4kh3\0", 18), "position 18 (byte 0x00)", ""},
        BadText{"conv:ic3ih9oc4kh3\xff", "position 18 (byte 0xff)", ""},
        BadText{"conv:ic3ih9oc4kh3+", "unknown post-operator at position 18", "+bias, +sum"},
        BadText{"conv:ic3ih9oc4kh3+gelu", "unknown post-operator at position 18", "+bias, +sum"},
        BadText{"conv:ic3ih9oc4kh3+relu+bias", "out of order at position 23", "in this order"},
        BadText{"conv:ic3ih9oc4kh3+bias+bias", "out of order at position 23", "at most once"},
        BadText{"conv:ic3ih9oc4kh3+relu+clip0,6", "out of order at position 23", ""},
        BadText{"conv:ic3ih9oc4kh3+biased", "unexpected text at position 23 ('e')", ""},
        BadText{"conv:ic3ih9oc4kh3+clip", "clip's lower bound needs a number at position 23", ""},
        BadText{"conv:ic3ih9oc4kh3+clip0", "clip needs a comma at position 24 (the end)", ""},
        BadText{"conv:ic3ih9oc4kh3+clip0,", "clip's upper bound needs a number", ""},
        BadText{"conv:ic3ih9oc4kh3+clip6,0", "lower bound must not exceed", ""},
        BadText{"conv:ic3ih9oc4kh3+clipnan,0", "lower bound must not exceed", ""},
        BadText{"conv:ic3ih9oc4kh3+clip0,1e99", "out of range", ""},
        BadText{"conv:ic3ih9oc4kh3g2", "g2 does not divide ic3", ""},
        BadText{"conv:ic3ih2oc4kh3", "spans 3 elements", ""},
        BadText{"conv:ic0ih2oc4kh1", "ic is 0", ""},
        BadText{"pool:c64ih9kh3", "no known pool at position 6 ('c')", "max avgpad avg"},
        BadText{"pool:max::c64ih9kh3", "'c' is missing before position 10 (':')", "fields of pool"},
        BadText{"transform:nchw:c3", "no known transform at position 11", "nchw-nhwc"},
        BadText{"reshape:c4", "expected '-' at position 11 (the end)", "n c h w - n c h w"},
        BadText{"reshape:c4-", "'c' is missing before position 12 (the end)", "n c h w - n c h w"},
        BadText{"reshape:c4-c2", "turns 4 elements into 2", ""},
        BadText{"concat:h3", "'c' is missing", "n h w c"},
        BadText{"lrn:c9size5alphainf", "unknown field 'alphainf'", "alpha beta k"},
        BadText{"lrn:c9size5alpha", "alpha needs a number at position 17", "alpha beta k"},
        BadText{"conv:ic3ih9oc4kh3+leaky", "leaky's slope needs a number", ""},
        BadText{"conv:ic3ih9oc4kh3+hardsigmoid1", "hardsigmoid needs a comma", ""},
        BadText{"broadcast:sub-constant:c3-c3", "unknown field 'ant' at position 20", ""},
        BadText{"strided:c4-c4-d4s--1", "s needs a number at position 18", "o d s"},
        BadText{"strided:c4-c4-d-4s1", "d needs a whole number at position 16", "o d s"},
        BadText{"eltwise:c9", "no activation", "+relu"},
        BadText{"gemm:m3n4", "'k' is missing before position 10 (the end)", "gemm are m n k"},
        BadText{"gemv:m3n4k5", "unknown field 'k' at position 10", "gemv are m n"},
        BadText{"matconv:h3r5", "spans 5 elements along h", ""},
        BadText{"matconv:h9r3+relu", "matconv takes no activation", ""},
        BadText{"softmax:c9+relu", "softmax takes no activation", ""}));

TEST(ProblemStringTest, LongAndBinaryTextIsQuotedInPart) {
  const std::string text = "conv:" + std::string(1 << 20, 'x');
  const auto problem = parse_problem(text);
  ASSERT_FALSE(problem.ok());
  EXPECT_LT(to_string(problem.error()).size(), 1000U);
  const auto binary = parse_problem(std::string(300, '\x01'));
  ASSERT_FALSE(binary.ok());
  EXPECT_NE(binary.error().context[0].find("\\x01"), std::string::npos);
  EXPECT_EQ(binary.error().context[0].find('\x01'), std::string::npos);
}

TEST(ProblemStringTest, AMillionFieldsAreReadInOnePass) {
  std::string text = "concat:";
  for (int i = 0; i < 500000; ++i) text += "c1";
  const auto problem = parse_problem(text);
  ASSERT_FALSE(problem.ok());
  EXPECT_NE(problem.error().message.find("given 500000 times"), std::string::npos);
}

// Whatever stands in the text, the answer is a problem or an error, and a problem is valid.
RC_GTEST_PROP(ProblemStringTest, MangledStringsNeverMisbehave, ()) {
  std::string text = to_string(*any_problem());
  const int edits = *rc::gen::inRange(1, 5);
  for (int i = 0; i < edits; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
    switch (*rc::gen::inRange(0, 3)) {
      case 0: text.insert(at, 1, *rc::gen::arbitrary<char>()); break;
      case 1:
        text.insert(at, *rc::gen::element<std::string>("0", "9999999999", "n", "+", "-", ":"));
        break;
      default: text.erase(at, *rc::gen::inRange<std::size_t>(1, 4)); break;
    }
  }
  const auto problem = parse_problem(text);
  if (!problem.ok()) {
    RC_ASSERT(problem.error().code == ErrorCode::kInvalidInput);
    return;
  }
  round_trip(*problem);
}

}  // namespace
}  // namespace kernwise
