// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "device/checks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace kernwise {
namespace {

using detail::judge;
using detail::machine_grade;
using detail::Observations;

Observations quiet_machine() {
  Observations seen;
  seen.context.governor = "performance";
  seen.context.turbo = "off";
  seen.context.huge_pages = "madvise";
  seen.context.cpus = {0, 1};
  seen.processors = 2;
  seen.other_busy = 0.01;
  seen.steal_share = 0;
  seen.can_pin = true;
  seen.timer_step = {2e-8};
  seen.available_memory = {int64_t{8} << 30};
  seen.noise = 0.004;
  return seen;
}

DoctorCheck check(const Observations& seen, const std::string& name) {
  for (const DoctorCheck& check : judge(seen)) {
    if (check.name == name) return check;
  }
  ADD_FAILURE() << "no check '" << name << "'";
  return {};
}

// The one scale of noise, with its borders; nothing that is not a number passes for good.
TEST(GradeTest, HasTheseBorders) {
  const double tiny = 1e-9;
  EXPECT_EQ(grade_of(0), 'A');
  EXPECT_EQ(grade_of(0.01 - tiny), 'A');
  EXPECT_EQ(grade_of(0.01), 'B');
  EXPECT_EQ(grade_of(0.02), 'C');
  EXPECT_EQ(grade_of(0.05), 'D');
  EXPECT_EQ(grade_of(0.10), 'E');
  EXPECT_EQ(grade_of(0.25), 'F');
  EXPECT_EQ(grade_of(std::numeric_limits<double>::infinity()), 'F');
  EXPECT_EQ(grade_of(std::nan("")), 'F');
}

TEST(ChecksTest, FindNothingOnAQuietMachine) {
  const auto checks = judge(quiet_machine());
  EXPECT_EQ(checks.size(), 9u);
  for (const DoctorCheck& check : checks) {
    EXPECT_EQ(check.state, CheckState::kGood) << check.name << ": " << check.finding;
    EXPECT_FALSE(check.finding.empty()) << check.name;
    EXPECT_TRUE(check.advice.empty()) << check.name;
  }
  EXPECT_EQ(machine_grade(quiet_machine()), 'A');
}

// One thing wrong at a time: that check says so and what to do, the others stay good.
TEST(ChecksTest, FindOneThingWrong) {
  struct Case {
    const char* name;
    CheckState state;
    void (*spoil)(Observations&);
  };
  const Case cases[] = {
      {"other load", CheckState::kWarning, [](Observations& o) { o.other_busy = 0.3; }},
      {"other load", CheckState::kBad, [](Observations& o) { o.other_busy = 1.5; }},
      {"stolen time", CheckState::kWarning, [](Observations& o) { o.steal_share = 0.02; }},
      {"stolen time", CheckState::kBad, [](Observations& o) { o.steal_share = 0.2; }},
      {"governor", CheckState::kWarning, [](Observations& o) { o.context.governor = "powersave"; }},
      {"turbo", CheckState::kWarning, [](Observations& o) { o.context.turbo = "on"; }},
      {"pinning", CheckState::kBad, [](Observations& o) { o.can_pin = false; }},
      {"timer", CheckState::kWarning, [](Observations& o) { o.timer_step = {1e-5}; }},
      {"timer", CheckState::kBad, [](Observations& o) { o.timer_step = {4e-3}; }},
      {"timer", CheckState::kBad, [](Observations& o) { o.timer_step = {0}; }},
      {"huge pages", CheckState::kWarning, [](Observations& o) { o.context.huge_pages = "never"; }},
      {"memory", CheckState::kWarning,
       [](Observations& o) { o.available_memory = {int64_t{1} << 30}; }},
      {"memory", CheckState::kBad, [](Observations& o) { o.available_memory = {1 << 20}; }},
      {"noise", CheckState::kWarning, [](Observations& o) { o.noise = 0.06; }},
      {"noise", CheckState::kBad, [](Observations& o) { o.noise = 0.5; }},
  };
  for (const Case& c : cases) {
    Observations seen = quiet_machine();
    c.spoil(seen);
    for (const DoctorCheck& check : judge(seen)) {
      const bool meant = check.name == c.name;
      EXPECT_EQ(check.state, meant ? c.state : CheckState::kGood) << c.name << " / " << check.name;
      EXPECT_EQ(check.advice.empty(), !meant) << c.name << " / " << check.name;
    }
  }
}

// What cannot be read is unknown, not good and not bad, and asks nothing of anybody.
TEST(ChecksTest, AdmitIgnorance) {
  Observations seen = quiet_machine();
  seen.context.governor = "";
  seen.context.turbo = "";
  seen.context.huge_pages = "";
  seen.steal_share = -1;
  seen.available_memory = {-1};
  for (const std::string name : {"governor", "turbo", "huge pages", "stolen time", "memory"}) {
    EXPECT_EQ(check(seen, name).state, CheckState::kUnknown) << name;
    EXPECT_TRUE(check(seen, name).advice.empty()) << name;
  }
}

// Without a count of busy time the load average has to do.
TEST(ChecksTest, FallBackOnTheLoadAverage) {
  Observations seen = quiet_machine();
  seen.other_busy = -1;
  for (const auto& [average, state] :
       {std::pair{0.2, CheckState::kGood}, std::pair{1.5, CheckState::kWarning},
        std::pair{3.0, CheckState::kBad}}) {
    seen.context.load_average = average;
    EXPECT_EQ(check(seen, "other load").state, state) << average;
  }
}

// The machine is as good as the worse of its noise and its host's.
TEST(ChecksTest, GradeTheMachineByTheWorst) {
  Observations seen = quiet_machine();
  seen.steal_share = 0.06;
  EXPECT_EQ(machine_grade(seen), 'D');
  seen.noise = 0.3;
  EXPECT_EQ(machine_grade(seen), 'F');
  seen.steal_share = -1;
  EXPECT_EQ(machine_grade(seen), 'F');
}

}  // namespace
}  // namespace kernwise
