// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/latency_table.h"

#include <gtest/gtest.h>

#include <cmath>

namespace kernwise {
namespace {

using Names = std::vector<std::string>;

Result<LatencyTable> table_of(const std::string& text, const Names& encoding,
                              const Names& devices = {}) {
  const auto csv = parse_csv(text);
  EXPECT_TRUE(csv.ok());
  return to_latency_table(*csv, encoding, devices);
}

std::string what(const Result<LatencyTable>& table) {
  return table.ok() ? "no error" : to_string(table.error());
}

constexpr const char* kSmall =
    "arch_idx,k,op,a,b\n"
    "7,3,conv,1.5,-1\n"
    "2,11,skip,2.5,\n"
    "9,5,conv,nan,4\n";

TEST(LatencyTable, ChoicesAreCategoriesInOrder) {
  const auto table = table_of(kSmall, {"k", "op"});
  ASSERT_TRUE(table.ok()) << what(table);
  EXPECT_EQ(table->encoding.choices, (std::vector<Names>{{"3", "5", "11"}, {"conv", "skip"}}));
  EXPECT_EQ(table->choice, (std::vector<uint16_t>{0, 0, 2, 1, 1, 0}));
  EXPECT_EQ(table->index, (std::vector<int64_t>{7, 2, 9}));
  EXPECT_EQ(table->devices, (Names{"a", "b"}));
  EXPECT_EQ(table->encoding.one_hot_width(), 5U);
  EXPECT_FALSE(table->encoding.same_choices());
  std::vector<float> hot(5);
  one_hot(table->encoding, table->design(1), hot);
  EXPECT_EQ(hot, (std::vector<float>{0, 0, 1, 0, 1}));
}

// Blank, -1 and nan are no values; zero and below are counted as failed.
TEST(LatencyTable, WhatIsNoCostIsMissing) {
  const auto table = table_of(kSmall, {"k", "op"});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->device_costs(0)[1], 2.5);
  EXPECT_TRUE(std::isnan(table->device_costs(0)[2]));
  EXPECT_TRUE(std::isnan(table->device_costs(1)[0]));
  EXPECT_TRUE(std::isnan(table->device_costs(1)[1]));
  EXPECT_EQ(table->failed, (std::vector<int64_t>{0, 0}));
  const auto failed = table_of("k,a\n1,0\n2,-3\n3,inf\n4,-1.0\n5,1e-320\n6,2\n", {"k"});
  ASSERT_TRUE(failed.ok()) << what(failed);
  EXPECT_EQ(failed->failed, (std::vector<int64_t>{4}));
  EXPECT_EQ(failed->device_costs(0)[5], 2);
}

TEST(LatencyTable, DevicesAreTakenInTheOrderAsked) {
  const auto table = table_of(kSmall, {"op"}, {"b", "a"});
  ASSERT_TRUE(table.ok()) << what(table);
  EXPECT_EQ(table->devices, (Names{"b", "a"}));
  EXPECT_EQ(table->device("a"), 1U);
  EXPECT_FALSE(table->device("k"));
}

TEST(LatencyTable, ErrorsNameColumnAndLine) {
  EXPECT_NE(what(table_of(kSmall, {"k"}, {"c"})).find("no column 'c'"), std::string::npos);
  EXPECT_NE(what(table_of(kSmall, {"k"}, {"op"})).find("line 2: 'conv' of 'op'"),
            std::string::npos);
  EXPECT_NE(what(table_of(kSmall, {"k"}, {"k"})).find("named twice"), std::string::npos);
  EXPECT_NE(what(table_of("k,a\n,1\n", {"k"})).find("line 2"), std::string::npos);
  EXPECT_FALSE(table_of("k,a\n", {"k"}).ok());
  EXPECT_FALSE(table_of(kSmall, {}).ok());
  EXPECT_FALSE(table_of("k\n1\n", {"k"}).ok());
  EXPECT_FALSE(table_of("arch_idx,k,a\nx,1,1\n", {"k"}).ok());
}

TEST(LatencyTable, AColumnOfNumbersIsNoChoice) {
  std::string text = "k,a\n";
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + ",1\n";
  EXPECT_NE(what(table_of(text, {"k"})).find("distinct values"), std::string::npos);
}

}  // namespace
}  // namespace kernwise
