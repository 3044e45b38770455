// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/place/recorded_costs.h"

#include <gtest/gtest.h>

#include <string>

namespace kernwise {
namespace {

const std::string kHead = "resource,threads,problem,primitive,time_s,latency_s,bytes_per_s\n";
const std::string kCopies = "gpu,,copy-in,,,1e-5,1e9\ngpu,,copy-out,,,2e-5,5e8\n";

std::string error_of(const std::string& text) {
  const auto costs = parse_recorded_costs(text);
  if (costs.ok()) return "";
  EXPECT_EQ(costs.error().code, ErrorCode::kInvalidInput);
  return costs.error().message;
}

TEST(RecordedCosts, TimesAndCopyCostsAreRead) {
  const auto costs = parse_recorded_costs(kHead + kCopies +
                                          "cpu,2,gemm:m8n8k8,a,0.5,,\n"
                                          "gpu,1,gemm:m8n8k8,b,0.25,,\n");
  ASSERT_TRUE(costs.ok()) << to_string(costs.error());
  ASSERT_EQ(costs->resources.size(), 2U);
  EXPECT_EQ(costs->resources[0].name, "cpu");
  EXPECT_EQ(costs->resources[1], (PlaceResource{"gpu", {1e-5, 1e9}, {2e-5, 5e8}}));
  ASSERT_EQ(costs->times.size(), 2U);
  EXPECT_EQ(costs->times[0], (RecordedTime{0, 2, "gemm:m8n8k8", "a", 0.5, 0.5, 0.5}));
}

TEST(RecordedCosts, WrittenAndReadAgainTheyAreTheSame) {
  const auto costs = parse_recorded_costs(
      "high_s,device,resource,threads,problem,primitive,time_s,low_s,latency_s,bytes_per_s,else\n"
      ",\"A, B\",gpu,,copy-in,,,,1e-5,1e9,x\n,,gpu,,copy-out,,,,2e-5,5e8,x\n"
      "0.3,,gpu,1,gemm:m8n8k8,b,0.25,0.2,,,x\n");
  ASSERT_TRUE(costs.ok()) << to_string(costs.error());
  EXPECT_EQ(costs->devices[1], "A, B");
  const auto again = parse_recorded_costs(to_csv(*costs));
  ASSERT_TRUE(again.ok()) << to_string(again.error());
  EXPECT_EQ(*again, *costs);
}

TEST(RecordedCosts, WhatCannotBeIsRefusedWithItsLine) {
  EXPECT_EQ(error_of(""), "is empty: not even the names of the columns");
  EXPECT_EQ(error_of("resource,threads\n"), "its first line names no column 'problem'");
  EXPECT_EQ(error_of(kHead + "cpu,2,gemm:m8n8k8,a,-1,,\n"), "line 2: '-1' cannot be time_s");
  EXPECT_EQ(error_of(kHead + "cpu,0,gemm:m8n8k8,a,1,,\n"), "line 2: '0' cannot be threads");
  EXPECT_EQ(error_of(kHead + "cpu,1,gemm:m8n8k8,a,nan,,\n"), "line 2: 'nan' cannot be time_s");
  EXPECT_EQ(error_of(kHead + "cpu,1,gemm:m8n8k8,,1,,\n"), "line 2: '' cannot be primitive");
  EXPECT_EQ(error_of(kHead + "cpu,1\n"), "line 2: 2 fields where the first line has 7");
  EXPECT_EQ(error_of(kHead + "gpu,,copy-in,,,1,0\n"), "line 2: '0' cannot be bytes_per_s");
  EXPECT_EQ(error_of(kHead + "cpu,,copy-in,,,1,1\n"),
            "line 2: cpu is the host: nothing is copied to it or from it");
  EXPECT_EQ(error_of(kHead + "gpu,,copy-in,,,1,1\n"), "resource gpu has no row 'copy-out'");
  EXPECT_EQ(error_of(kHead + "cpu,1,gemm:m8n8k8,a,1,,\ncpu,1,gemm:m8n8k8,a,2,,\n"),
            "line 3: this cost stands there twice");
}

// A pair of devices of which each wins in places: the small product stays, the large one moves.
TEST(RecordedCosts, EachDeviceGetsWhatItIsBestAt) {
  const auto costs =
      parse_recorded_costs(kHead + kCopies +
                           "cpu,2,gemm:m16n16k16,a,1e-6,,\ngpu,1,gemm:m16n16k16,b,5e-6,,\n"
                           "cpu,2,gemm:m512n512k16,a,2e-3,,\ngpu,1,gemm:m512n512k16,b,1e-5,,\n"
                           "cpu,2,gemm:m512n16k512,a,4e-3,,\ngpu,1,gemm:m512n16k512,b,1e-5,,\n");
  ASSERT_TRUE(costs.ok()) << to_string(costs.error());
  const auto program = parse_program(
      "A = input(16, 16)\nB = matmul(A, A)\nL = input(512, 16)\nR = input(16, 512)\n"
      "C = matmul(L, R)\nD = matmul(C, L)\n");
  ASSERT_TRUE(program.ok());
  const auto placement = place_program(*program, recorded_table(*program, *costs));
  ASSERT_TRUE(placement.ok()) << to_string(placement.error());
  EXPECT_EQ(placement->option, (std::vector<int>{0, 1, 1}));
  EXPECT_EQ(placement->copies.size(), 3U);
}

}  // namespace
}  // namespace kernwise
