// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/task.h"

#include <gtest/gtest.h>

namespace kernwise {
namespace {

TEST(FleetTask, AFullTaskIsRead) {
  const auto task = parse_task(
      R"({"table": "t.csv.gz", "encoding": ["e0", "e1"], "train_devices": ["a", "b"],
          "test_devices": ["c"], "note": 3})");
  ASSERT_TRUE(task.ok()) << to_string(task.error());
  EXPECT_EQ(task->table, "t.csv.gz");
  EXPECT_EQ(task->encoding, (std::vector<std::string>{"e0", "e1"}));
  EXPECT_EQ(task->train_devices, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(task->test_devices, (std::vector<std::string>{"c"}));
}

TEST(FleetTask, PairsStandInPlaceOfTheLists) {
  const auto task = parse_task(
      R"({"table": "t.csv", "encoding": ["e"], "pairs": [{"proxy": "a", "target": "b"}]})");
  ASSERT_TRUE(task.ok()) << to_string(task.error());
  ASSERT_EQ(task->pairs.size(), 1U);
  EXPECT_EQ(task->pairs[0].target, "b");
}

TEST(FleetTask, BrokenTasksAreRefusedByKey) {
  const auto complains = [](const char* json, const char* about) {
    const auto task = parse_task(json);
    ASSERT_FALSE(task.ok()) << json;
    EXPECT_NE(to_string(task.error()).find(about), std::string::npos) << to_string(task.error());
  };
  complains("", "no JSON");
  complains("[]", "no JSON object");
  complains("{", "no JSON");
  complains(R"({"encoding": ["e"]})", "'table'");
  complains(R"({"table": 3})", "'table'");
  complains(R"({"table": "/etc/passwd", "encoding": ["e"]})", "absolute");
  complains(R"({"table": "t", "encoding": []})", "'encoding'");
  complains(R"({"table": "t", "encoding": ["e", "e"]})", "twice");
  complains(R"({"table": "t", "encoding": ["e"], "train_devices": ["a"]})", "'test_devices'");
  complains(R"({"table": "t", "encoding": ["e"], "train_devices": ["a"], "test_devices": ["a"]})",
            "'a' stands in");
  complains(R"({"table": "t", "encoding": ["e"], "pairs": [{"proxy": "a"}]})", "'target'");
  complains(R"({"table": "t", "encoding": ["e"], "pairs": [{"proxy": "a", "target": "a"}]})",
            "itself");
}

TEST(FleetTask, DeepNestingIsNoTrap) { EXPECT_FALSE(parse_task(std::string(1 << 20, '[')).ok()); }

}  // namespace
}  // namespace kernwise
