// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace kernwise {
namespace {

// The command line's documented exit codes.
TEST(ResultTest, ErrorCodesAreTheExitCodes) {
  EXPECT_EQ(static_cast<int>(ErrorCode::kCriterionFailed), 1);
  EXPECT_EQ(static_cast<int>(ErrorCode::kInvalidInput), 2);
  EXPECT_EQ(static_cast<int>(ErrorCode::kUnsupported), 3);
  EXPECT_EQ(static_cast<int>(ErrorCode::kInternal), 4);
  EXPECT_EQ(static_cast<int>(ErrorCode::kInterrupted), 130);
}

TEST(ResultTest, HoldsAValueOrAnError) {
  Result<int> good = 7;
  ASSERT_TRUE(good.ok());
  EXPECT_TRUE(static_cast<bool>(good));
  EXPECT_EQ(*good, 7);
  *good = 8;
  EXPECT_EQ(good.value(), 8);

  const Result<int> bad = invalid_input("no number", "give one");
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(bad.error().message, "no number");
  EXPECT_EQ(bad.error().hint, "give one");
}

TEST(ResultTest, HoldsWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<std::string>> result = std::make_unique<std::string>("moved");
  EXPECT_EQ(**result, "moved");
  const std::unique_ptr<std::string> taken = std::move(result).value();
  EXPECT_EQ(*taken, "moved");
}

TEST(ResultTest, ArrowReachesIntoTheValue) {
  Result<std::string> text = std::string("four");
  EXPECT_EQ(text->size(), 4U);
  const Result<std::string> constant = std::string("five5");
  EXPECT_EQ(constant->size(), 5U);
}

// Unsupported and internal errors keep their kind.
TEST(ResultTest, ErrorMakersSetTheCode) {
  EXPECT_EQ(unsupported("x").code, ErrorCode::kUnsupported);
  EXPECT_EQ(internal_error("x").code, ErrorCode::kInternal);
}

TEST(ResultTest, AnErrorIsRenderedWithPlacesOutermostFirstAndItsHint) {
  EXPECT_EQ(to_string(invalid_input("plain")), "plain");
  EXPECT_EQ(to_string(invalid_input("bad kernel", "see --help").within("node 4").within("a.onnx")),
            "bad kernel\n  at a.onnx: node 4\n  hint: see --help");
}

Result<int> half(int x) {
  if (x % 2 != 0) return invalid_input("odd");
  return x / 2;
}

Result<int> quarter(int x, int& steps) {
  KERNWISE_ASSIGN(const int once, half(x));
  ++steps;
  KERNWISE_ASSIGN(const int twice, half(once));
  ++steps;
  return twice;
}

Status is_even(int x, bool& went_on) {
  KERNWISE_TRY(half(x));
  went_on = true;
  return Ok{};
}

TEST(ResultTest, AssignReturnsTheFirstErrorAtOnce) {
  int steps = 0;
  EXPECT_EQ(*quarter(12, steps), 3);
  EXPECT_EQ(steps, 2);
  steps = 0;
  EXPECT_EQ(quarter(6, steps).error().message, "odd");
  EXPECT_EQ(steps, 1);
}

TEST(ResultTest, TryReturnsTheErrorAtOnce) {
  bool went_on = false;
  EXPECT_FALSE(is_even(3, went_on).ok());
  EXPECT_FALSE(went_on);
  EXPECT_TRUE(is_even(4, went_on).ok());
  EXPECT_TRUE(went_on);
}

TEST(ResultDeathTest, TakingTheWrongOneIsABug) {
  const Result<int> bad = invalid_input("no");
  EXPECT_DEATH((void)bad.value(), "check failed: ok");
  const Result<int> good = 1;
  EXPECT_DEATH((void)good.error(), "check failed");
}

}  // namespace
}  // namespace kernwise
