// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/comparison.h"

#include <gtest/gtest.h>

#include "kernwise/base/temporary_folder.h"

namespace kernwise {
namespace {

using Changes = std::vector<Change>;

PlannedLayer layer(const char* name, const char* primitive, Layout layout, double time_s) {
  PlannedLayer planned;
  planned.layer = name;
  planned.problem = "conv:ic8ih8oc8kh3ph1";
  planned.primitive = primitive;
  planned.in = planned.out = layout;
  planned.time_s = time_s;
  planned.low_s = 0.98 * time_s;
  planned.high_s = 1.02 * time_s;
  planned.workspace_bytes = 64;
  return planned;
}

Plan plan_of(std::vector<PlannedLayer> layers) {
  Plan plan;
  plan.network = "net.onnx";
  for (const PlannedLayer& planned : layers) plan.predicted_total_s += planned.time_s;
  plan.layers = std::move(layers);
  return plan;
}

const ComparedRow& row_of(const Comparison& comparison, const std::string& name) {
  for (const ComparedRow& row : comparison.rows) {
    if (row.name == name) return row;
  }
  ADD_FAILURE() << "no row " << name;
  return comparison.rows.front();
}

TEST(Comparison, OfAPlanWithItselfFindsNothing) {
  const Plan plan = plan_of({layer("a", "p", Layout::kNchw, 1), layer("b", "q", Layout::kNhwc, 2)});
  const Comparison comparison = compare_plans(plan, plan);
  for (const ComparedRow& row : comparison.rows) EXPECT_EQ(row.changes, Changes{}) << row.name;
  for (const ComparedFact& fact : comparison.facts) EXPECT_TRUE(fact.same()) << fact.name;
  EXPECT_DOUBLE_EQ(comparison.slowdown->ratio, 1);
}

TEST(Comparison, OfPlansSaysWhatChangedLayerByLayer) {
  Plan a = plan_of({layer("same", "p", Layout::kNchw, 1), layer("near", "p", Layout::kNchw, 1),
                    layer("slower", "p", Layout::kNchw, 1), layer("other", "p", Layout::kNchw, 1),
                    layer("gone", "p", Layout::kNchw, 1)});
  Plan b = plan_of({layer("same", "p", Layout::kNchw, 1), layer("near", "p", Layout::kNchw, 1.03),
                    layer("slower", "p", Layout::kNchw, 1.5), layer("other", "q", Layout::kNhwc, 1),
                    layer("new", "p", Layout::kNchw, 1)});
  b.layers[3].workspace_bytes = 128;
  a.transforms = {{"v", Layout::kNchw, Layout::kNhwc, "t", 0.1},
                  {"w", Layout::kNchw, Layout::kNhwc, "", 0}};  // the same bytes: nothing is done
  const Comparison comparison = compare_plans(a, b);
  EXPECT_EQ(row_of(comparison, "same").changes, Changes{});
  EXPECT_EQ(row_of(comparison, "near").changes, Changes{}) << "the intervals overlap";
  EXPECT_EQ(row_of(comparison, "slower").changes, Changes{Change::kTime});
  EXPECT_DOUBLE_EQ(*row_of(comparison, "slower").time_ratio, 1.5);
  EXPECT_EQ(row_of(comparison, "other").changes,
            (Changes{Change::kPrimitive, Change::kLayout, Change::kMemory}));
  EXPECT_EQ(row_of(comparison, "gone").changes, Changes{Change::kOnlyA});
  EXPECT_EQ(row_of(comparison, "new").changes, Changes{Change::kOnlyB});
  EXPECT_EQ(row_of(comparison, "transform of v to nhwc").changes, Changes{Change::kOnlyA});
  EXPECT_EQ(comparison.rows.size(), 7U);
  EXPECT_EQ(comparison.rows.back().name, "new");
  EXPECT_DOUBLE_EQ(comparison.slowdown->ratio, 5.53 / 5);
}

RunOutcome run_of(double median_s, double spread) {
  RunOutcome run;
  run.runs_s = {median_s};
  run.median_s = median_s;
  run.spread = spread;
  return run;
}

TEST(Comparison, OfRunsBoundsTheSlowdownByBothSpreads) {
  const Comparison comparison = compare_runs(run_of(2, 0.03), run_of(3, 0.04));
  EXPECT_DOUBLE_EQ(comparison.slowdown->ratio, 1.5);
  EXPECT_DOUBLE_EQ(comparison.slowdown->low, 1.5 * 0.95);
  EXPECT_DOUBLE_EQ(comparison.slowdown->high, 1.5 * 1.05);
  EXPECT_FALSE(compare_runs(run_of(2, 0), RunOutcome{}).slowdown);
}

TEST(Comparison, StepsWithoutIntervalsChangeFromFivePercentOn) {
  const auto with_step = [](double time_s) {
    RunOutcome run = run_of(1, 0);
    StepTime step;
    step.step.name = "a";
    step.median_s = time_s;
    run.steps.push_back(step);
    return run;
  };
  EXPECT_EQ(compare_runs(with_step(1), with_step(1.04)).rows[0].changes, Changes{});
  EXPECT_EQ(compare_runs(with_step(1), with_step(0.94)).rows[0].changes, Changes{Change::kTime});
}

class Stores : public testing::Test {
 protected:
  std::unique_ptr<Store> store_with(const std::string& name,
                                    const std::vector<Measurement>& measurements) {
    auto store = open_store((folder_.path() / name).string(), StoreMode::kReadWrite);
    EXPECT_TRUE(store.ok());
    Device device;
    device.fingerprint = measurements.front().key.device;
    const auto session = (*store)->begin_session(device, {});
    EXPECT_TRUE(session.ok());
    std::vector<Measurement> rows = measurements;
    for (Measurement& m : rows) m.session = *session;
    EXPECT_TRUE((*store)->append(rows).ok());
    return std::move(store).value();
  }

  static Measurement measured(const std::string& device, const std::string& primitive,
                              const std::string& libraries, double median_s) {
    Measurement m;
    m.key = {device, "conv:ic8ih8oc8kh3ph1", primitive, 1, 1, "time", "cold-2", libraries};
    m.median_s = median_s;
    m.runs_s = {median_s, median_s};
    m.spread = 0.01;
    m.grade = 'A';
    return m;
  }

 private:
  TemporaryFolder folder_ = TemporaryFolder::make().value();
};

TEST_F(Stores, AreComparedOverVersionsOfLibraries) {
  const auto a =
      store_with("a.db", {measured("cpu-1", "p", "lib-1", 1), measured("cpu-1", "q", "lib-1", 1),
                          measured("cpu-1", "only-here", "lib-1", 1)});
  const auto b = store_with(
      "b.db", {measured("cpu-1", "p", "lib-2", 2), measured("cpu-1", "q", "lib-2", 0.5)});
  const auto comparison = compare_stores(*a, *b);
  ASSERT_TRUE(comparison.ok()) << to_string(comparison.error());
  ASSERT_EQ(comparison->rows.size(), 2U);
  EXPECT_EQ(comparison->rows[0].changes, Changes{Change::kTime});
  EXPECT_DOUBLE_EQ(*comparison->rows[0].time_ratio, 2);
  EXPECT_NEAR(comparison->slowdown->ratio, 1, 1e-12) << "twice and half";
  bool libraries = false;
  for (const ComparedFact& fact : comparison->facts) {
    libraries = libraries || (fact.name == "libraries" && fact.a == "lib-1" && fact.b == "lib-2");
  }
  EXPECT_TRUE(libraries);
}

TEST_F(Stores, OfOneDeviceEachAreComparedAcrossDevices) {
  const auto a = store_with("a.db", {measured("cpu-1", "p", "lib-1", 1)});
  const auto b = store_with("b.db", {measured("cpu-2", "p", "lib-1", 3)});
  const auto comparison = compare_stores(*a, *b);
  ASSERT_TRUE(comparison.ok());
  EXPECT_DOUBLE_EQ(comparison->slowdown->ratio, 3);
}

TEST_F(Stores, WithoutACommonExperimentAreRefused) {
  const auto a = store_with("a.db", {measured("cpu-1", "p", "lib-1", 1)});
  const auto b =
      store_with("b.db", {measured("cpu-2", "p", "lib-1", 1), measured("cpu-3", "p", "lib-1", 1)});
  const auto comparison = compare_stores(*a, *b);
  ASSERT_FALSE(comparison.ok());
  EXPECT_EQ(comparison.error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace kernwise
