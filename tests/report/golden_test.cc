// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What people read (golden.h).
#include <gtest/gtest.h>

#include "kernwise/report/bench_report.h"
#include "kernwise/report/compare_report.h"
#include "kernwise/report/doctor_report.h"
#include "kernwise/report/explain_report.h"
#include "kernwise/report/place_report.h"
#include "kernwise/report/plan_report.h"
#include "kernwise/report/profile_report.h"
#include "kernwise/report/run_report.h"
#include "report/golden.h"
#include "report/sample_results.h"

namespace kernwise {
namespace {

constexpr TextStyle kPlain{};

TEST(Golden, Plan) { expect_golden("plan", plan_text(sample_plan(), "net.plan.json", kPlain)); }

TEST(Golden, PlanThatIsNotProvenInANarrowTerminal) {
  PlanOutcome outcome = sample_plan();
  outcome.plan.optimal = false;
  outcome.plan.gap_ratio = 0.034;
  outcome.plan.measured_total_s = 0;
  outcome.profile.reset();
  expect_golden("plan_narrow",
                plan_text(outcome, "", {.utf8 = true, .colour = false, .width = 110}));
}

TEST(Golden, Run) { expect_golden("run", run_text(sample_run(), 1e-4, kPlain)); }

TEST(Golden, RunThatFailsItsVerification) {
  RunOutcome outcome = sample_run();
  outcome.steps.clear();
  expect_golden("run_failed", run_text(outcome, 1e-6, kPlain));
}

TEST(Golden, Place) { expect_golden("place", place_text(sample_place(), 1e-4, kPlain)); }

TEST(Golden, PlaceByRecordedCosts) {
  PlaceOutcome outcome = sample_place();
  outcome.source = PlaceSource::kRecorded;
  outcome.judged_by = "recorded";
  outcome.run.reset();
  outcome.notes = {"invented", "invented too"};
  expect_golden("place_recorded", place_text(outcome, 1e-4, {.utf8 = true}));
}

TEST(Golden, Bench) { expect_golden("bench", bench_text(sample_bench(), kPlain)); }
TEST(Golden, ComparedPlans) {
  Plan other = sample_plan().plan;
  other.layers[1].primitive = "direct-nchw16c";
  other.layers[1].in = other.layers[1].out = Layout::kNchw16c;
  other.layers[1].time_s = 4e-3;
  other.layers[1].low_s = 3.9e-3;
  other.layers[1].high_s = 4.1e-3;
  other.layers[1].workspace_bytes = 0;
  other.predicted_total_s = 5.6e-3;
  other.libraries = "lib-1.1";
  const Comparison comparison = compare_plans(sample_plan().plan, other);
  expect_golden("compare", compare_text({"old.json", "new.json", comparison, 0.03}, false, kPlain));
}

TEST(Golden, Explain) { expect_golden("explain", explain_text(sample_explanation(), kPlain)); }
TEST(Golden, Profile) { expect_golden("profile", profile_text(sample_profile(), false, kPlain)); }
TEST(Golden, Doctor) { expect_golden("doctor", doctor_text(sample_doctor(), kPlain)); }

}  // namespace
}  // namespace kernwise
