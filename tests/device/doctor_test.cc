// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <set>

#include "device/describe.h"
#include "kernwise/device/device.h"

namespace kernwise {
namespace {

// One examination of whatever machine this is: figures that any machine must give, no matter how
// fast or busy, and the processors handed back as they were.
TEST(DoctorTest, ExaminesThisMachine) {
  const auto cpus_before = detail::allowed_cpus();
  const DoctorReport report = examine_this_machine();
  EXPECT_EQ(detail::allowed_cpus(), cpus_before);

  EXPECT_EQ(report.device.fingerprint, describe_this_device().fingerprint);
  EXPECT_EQ(report.context.kernel, describe_context().kernel);
  EXPECT_GT(report.peak_gflops, 0);
  EXPECT_GT(report.bandwidth_gbps, 0);
  EXPECT_GE(report.noise, 0);
  EXPECT_GE(report.steal_share, 0);
  EXPECT_LE(report.steal_share, 1);
  EXPECT_EQ(report.grade, grade_of(std::max(report.noise, report.steal_share)));
  std::set<std::string> names;
  for (const DoctorCheck& check : report.checks) {
    names.insert(check.name);
    EXPECT_FALSE(check.finding.empty()) << check.name;
    const bool silent = check.state == CheckState::kGood || check.state == CheckState::kUnknown;
    EXPECT_EQ(check.advice.empty(), silent) << check.name;
  }
  EXPECT_EQ(names, (std::set<std::string>{"other load", "stolen time", "governor", "turbo",
                                          "pinning", "timer", "huge pages", "memory", "noise"}));
}

}  // namespace
}  // namespace kernwise
