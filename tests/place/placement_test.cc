// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/place/placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "place/random_table.h"

namespace kernwise {
namespace {

// A copy of a tensor takes 1 s plus a second for each 256 bytes: 8 x 8 floats take 2 s.
const CopyCost kCopy{1, 256};

Program program_of(const std::string& text) { return parse_program(text).value(); }

PlaceTable two_resources(std::vector<std::pair<double, double>> times) {
  PlaceTable table;
  table.resources = {{"cpu", {}, {}}, {"gpu", kCopy, kCopy}};
  for (const auto& [cpu, gpu] : times) {
    table.tasks.push_back(
        {{"c", 0, 2, cpu, cpu, cpu, "given"}, {"g", 1, 1, gpu, gpu, gpu, "given"}});
  }
  return table;
}

const char* const kChain = "A = input(8, 8)\nB = matmul(A, A)\nC = matmul(B, B)\n";

TEST(Placement, KernelsMoveOnlyWhenItPaysForTheCopies) {
  const Program program = program_of(kChain);
  // 4 s of copies (A in, C out) against 3 s gained.
  const auto stays = place_program(program, two_resources({{2.5, 1}, {2.5, 1}}));
  ASSERT_TRUE(stays.ok());
  EXPECT_EQ(stays->option, (std::vector<int>{0, 0}));
  EXPECT_TRUE(stays->copies.empty());
  EXPECT_DOUBLE_EQ(stays->total_s, 5);
  // Against 8 s gained.
  const auto moves = place_program(program, two_resources({{5, 1}, {5, 1}}));
  ASSERT_TRUE(moves.ok());
  EXPECT_EQ(moves->option, (std::vector<int>{1, 1}));
  ASSERT_EQ(moves->copies.size(), 2U);
  EXPECT_EQ(moves->copies[0], (PlacedCopy{0, 0, 1, Bytes{256}, 2}));
  EXPECT_EQ(moves->copies[1], (PlacedCopy{2, 1, 0, Bytes{256}, 2}));
  EXPECT_DOUBLE_EQ(moves->total_s, 6);
  EXPECT_TRUE(moves->optimal);
}

TEST(Placement, ATensorIsCopiedOnceForAllItsReaders) {
  const Program program = program_of(
      "A = input(8, 8)\nB = matmul(A, A)\nC = matmul(B, A)\nD = matmul(B, A)\nE = matmul(C, D)\n");
  const PlaceTable table = two_resources({{0, 100}, {100, 0}, {100, 0}, {100, 0}});
  const auto placement = place_program(program, table);
  ASSERT_TRUE(placement.ok());
  EXPECT_EQ(placement->option, (std::vector<int>{0, 1, 1, 1}));
  EXPECT_DOUBLE_EQ(placement->total_s, 6);  // A and B in, E out
}

TEST(Placement, BetweenTwoOthersATensorGoesThroughTheHost) {
  const Program program = program_of(kChain);
  PlaceTable table;
  table.resources = {{"cpu", {}, {}}, {"gpu1", kCopy, kCopy}, {"gpu2", kCopy, kCopy}};
  table.tasks = {{{"p", 1, 1, 1, 1, 1, ""}}, {{"p", 2, 1, 1, 1, 1, ""}}};
  const auto placement = place_program(program, table);
  ASSERT_TRUE(placement.ok());
  EXPECT_EQ(placement->copies.size(), 4U);  // A in, B out, B in, C out
  EXPECT_DOUBLE_EQ(placement->total_s, 10);
}

TEST(Placement, TheFasterNumberOfThreadsIsChosen) {
  const Program program = program_of("A = input(8, 8)\nB = matmul(A, A)\n");
  PlaceTable table = two_resources({{2, 9}});
  table.tasks[0].push_back({"c", 0, 1, 1.5, 1, 2, "given"});
  const auto placement = place_program(program, table);
  ASSERT_TRUE(placement.ok());
  EXPECT_EQ(placement->option, std::vector<int>{2});
  EXPECT_DOUBLE_EQ(placement->low_s, 1);
  EXPECT_DOUBLE_EQ(placement->high_s, 2);
}

TEST(Placement, KernelsWithoutAnyCostAreAllNamed) {
  const Program program = program_of(kChain);
  PlaceTable table = two_resources({{1, 1}, {1, 1}});
  table.tasks = {{}, {}};
  const auto placement = place_program(program, table);
  ASSERT_FALSE(placement.ok());
  EXPECT_EQ(placement.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(placement.error().message,
            "no cost is known for 2 of 2 kernels: B (gemm:m8n8k8), C (gemm:m8n8k8)");
}

TEST(Placement, TablesThatCannotBeAreRefused) {
  const Program program = program_of(kChain);
  const PlaceTable good = two_resources({{1, 1}, {1, 1}});
  PlaceTable table = good;
  table.tasks.pop_back();
  EXPECT_FALSE(place_program(program, table).ok());
  table = good;
  table.tasks[0][0].time_s = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(place_program(program, table).ok());
  table = good;
  table.tasks[1][1].resource = 2;
  EXPECT_FALSE(place_program(program, table).ok());
  table = good;
  table.resources[1].out.bytes_per_s = 0;
  EXPECT_FALSE(place_program(program, table).ok());
}

// The definition: every combination of options.
double brute_force(const Program& program, const PlaceTable& table) {
  std::vector<int> option(program.tasks.size(), 0);
  double best = std::numeric_limits<double>::infinity();
  for (;;) {
    best = std::min(best, evaluate_placement(program, table, option).total_s);
    std::size_t i = 0;
    while (i < option.size() && ++option[i] == static_cast<int>(table.tasks[i].size())) {
      option[i++] = 0;
    }
    if (i == option.size()) return best;
  }
}

TEST(Placement, IsTheBestOfAllCombinationsAndNoBaselineIsBetter) {
  Rng rng(7);
  for (int round = 0; round < 300; ++round) {
    const int resources = static_cast<int>(rng.integer(1, 3));
    const Program program = test::random_program(static_cast<int>(rng.integer(1, 6)), rng);
    const PlaceTable table = test::random_table(program, resources, 4, rng);
    const auto placement = place_program(program, table);
    ASSERT_TRUE(placement.ok()) << to_string(placement.error());
    EXPECT_TRUE(placement->optimal);
    EXPECT_NEAR(placement->total_s, brute_force(program, table), 1e-9);
    const auto enumerated = enumerate_placements(program, table);
    ASSERT_TRUE(enumerated.ok());
    EXPECT_NEAR(enumerated->total_s, placement->total_s, 1e-9);
    const auto fixed = best_fixed_variants(program, table);
    if (fixed.ok()) {
      EXPECT_GE(fixed->total_s, placement->total_s - 1e-9);
    }
    for (int r = 0; r < resources; ++r) {
      const auto one = best_on_resource(program, table, r);
      if (one.ok()) {
        EXPECT_GE(one->total_s, placement->total_s - 1e-9);
      }
    }
  }
}

TEST(Placement, FixedVariantsAreTheBestThatRunEveryKernelOfTheirKind) {
  const Program program = program_of(kChain);
  PlaceTable table = two_resources({{1, 50}, {9, 50}});
  table.tasks[0].push_back({"other", 0, 2, 4, 4, 4, "given"});
  table.tasks[1].push_back({"other", 0, 2, 4, 4, 4, "given"});
  table.tasks[1].push_back({"only here", 0, 2, 0, 0, 0, "given"});
  const auto fixed = best_fixed_variants(program, table);
  ASSERT_TRUE(fixed.ok());
  EXPECT_DOUBLE_EQ(fixed->total_s, 8);
  EXPECT_EQ(fixed->option, (std::vector<int>{2, 2}));
}

TEST(Placement, TooManyWaysAreNotEnumerated) {
  Rng rng(1);
  const Program program = test::random_program(30, rng);
  PlaceTable table = test::random_table(program, 2, 1, rng);
  for (auto& row : table.tasks) row = {{"a", 0, 1, 1, 1, 1, ""}, {"b", 1, 1, 1, 1, 1, ""}};
  const auto enumerated = enumerate_placements(program, table);
  ASSERT_FALSE(enumerated.ok());
  EXPECT_EQ(enumerated.error().code, ErrorCode::kUnsupported);
  EXPECT_TRUE(place_program(program, table).ok());
}

}  // namespace
}  // namespace kernwise
