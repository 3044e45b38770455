// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "workflow/child_process.h"

#include <gtest/gtest.h>

namespace kernwise {
namespace {

TEST(ChildProcess, LinesGoThereAndBack) {
  auto child = ChildProcess::start({"cat"});
  ASSERT_TRUE(child.ok()) << to_string(child.error());
  ASSERT_TRUE(child->write_line("one").ok());
  ASSERT_TRUE(child->write_line("two words").ok());
  EXPECT_EQ(*child->read_line({10}), "one");
  EXPECT_EQ(*child->read_line({10}), "two words");
}

TEST(ChildProcess, AProgramThatIsNotThereIsAnErrorWithItsName) {
  const auto child = ChildProcess::start({"kernwise-no-such-program"});
  ASSERT_FALSE(child.ok());
  EXPECT_EQ(child.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(child.error().message.find("kernwise-no-such-program"), std::string::npos);
}

TEST(ChildProcess, AChildThatEndsIsNoticedInsteadOfWaitedFor) {
  auto child = ChildProcess::start({"false"});
  ASSERT_TRUE(child.ok());
  EXPECT_FALSE(child->read_line({30}).ok());
}

// Otherwise Ctrl-C ends the child as well, and its death may be read as a failure of its own.
TEST(ChildProcess, AChildLeadsAProcessGroupOfItsOwn) {
  // Process and process group: the first and the fifth word of its stat (proc(5)).
  auto child = ChildProcess::start({"sh", "-c", "cut -d' ' -f1,5 /proc/$$/stat; read end"});
  ASSERT_TRUE(child.ok()) << to_string(child.error());
  const auto line = child->read_line({30});
  ASSERT_TRUE(line.ok()) << to_string(line.error());
  const std::size_t space = line->find(' ');
  ASSERT_NE(space, std::string::npos) << *line;
  EXPECT_EQ(line->substr(0, space), line->substr(space + 1));
}

TEST(ChildProcess, AChildThatSaysNothingRunsIntoTheTimeout) {
  auto child = ChildProcess::start({"sleep", "30"});
  ASSERT_TRUE(child.ok());
  EXPECT_FALSE(child->read_line({0.05}).ok());
}

}  // namespace
}  // namespace kernwise
