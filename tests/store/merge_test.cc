// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "kernwise/base/rng.h"
#include "kernwise/store/compare.h"
#include "store/store_fixture.h"

namespace kernwise {
namespace {

// A store whose content is decided by `seed`: sessions and records repeat between seeds.
std::unique_ptr<Store> random_store(const std::filesystem::path& path, uint64_t seed) {
  Rng rng(seed);
  auto store = must_open(path);
  const int64_t sessions = rng.integer(0, 3);
  for (int64_t s = 0; s < sessions; ++s) {
    Device device = sample_device();
    device.fingerprint.back() = static_cast<char>('a' + rng.integer(0, 1));
    MachineContext context = sample_context();
    context.timestamp = "2026-11-20T12:00:0" + std::to_string(rng.integer(0, 2)) + "Z";
    const int64_t id = store->begin_session(device, context).value();
    std::vector<Measurement> batch;
    for (int64_t i = rng.integer(0, 6); i > 0; --i) {
      Measurement m = sample_measurement(static_cast<int>(rng.integer(0, 3)), id);
      m.key.device = device.fingerprint;
      m.key.libraries = rng.integer(0, 1) == 0 ? "onednn-2.6.3" : "onednn-3.0";
      m.median_s = 1e-3 * static_cast<double>(rng.integer(1, 3));
      batch.push_back(m);
    }
    EXPECT_TRUE(store->append(batch).ok());
  }
  return store;
}

MergeSummary must_absorb(Store& target, const Store& source) {
  auto merged = target.absorb(source);
  EXPECT_TRUE(merged.ok()) << to_string(merged.error());
  return merged.ok() ? *merged : MergeSummary{};
}

bool same(const Store& a, const Store& b) { return diff_stores(a, b).value().same(); }

std::vector<MeasurementKey> keys_of(const Store& store) {
  std::vector<MeasurementKey> keys;
  const auto rows = store.query({}).value();
  for (const Measurement& m : rows) keys.push_back(m.key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

// Whatever two stores hold: both ways of merging give the same records, what was there before is
// there still and unchanged, and a second merge does nothing.
TEST(MergeTest, CommutesAndIsIdempotent) {
  rc::check("merges commute", [](uint64_t left, uint64_t right) {
    const TemporaryFolder folder;
    auto a = random_store(folder / "a.db", left);
    auto b = random_store(folder / "b.db", right);
    auto ab = must_open(folder / "ab.db");
    auto ba = must_open(folder / "ba.db");
    must_absorb(*ab, *a);
    must_absorb(*ab, *b);
    must_absorb(*ba, *b);
    must_absorb(*ba, *a);
    RC_ASSERT(same(*ab, *ba));
    const auto before = ab->query({}).value();
    const MergeSummary again = must_absorb(*ab, *a);
    RC_ASSERT(again.records_new == 0 && again.sessions_new == 0 && again.devices_new == 0);
    RC_ASSERT(ab->query({}).value().size() == before.size());
    const auto difference = diff_stores(*a, *ab).value();
    RC_ASSERT(difference.records_only_left == 0 && difference.sessions_only_left == 0);
  });
}

TEST(MergeTest, KeepsBothOfTwoResultsOfOneExperiment) {
  const TemporaryFolder folder;
  auto a = must_open(folder / "a.db");
  auto b = must_open(folder / "b.db");
  Measurement m =
      sample_measurement(1, a->begin_session(sample_device(), sample_context()).value());
  ASSERT_TRUE(a->append({&m, 1}).ok());
  MachineContext later = sample_context();
  later.timestamp = "2026-11-21T12:00:00Z";
  m.session = b->begin_session(sample_device(), later).value();
  m.runs_s = {2e-3, 3e-3};
  m.median_s = 2.5e-3;
  ASSERT_TRUE(b->append({&m, 1}).ok());
  EXPECT_EQ(diff_stores(*a, *b)->conflicting_keys, 1);

  const MergeSummary merged = must_absorb(*a, *b);
  EXPECT_EQ(merged.sessions_new, 1);
  EXPECT_EQ(merged.records_new, 1);
  const auto rows = a->query({}).value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].key, rows[1].key);
  EXPECT_NE(rows[0].session, rows[1].session);
  EXPECT_EQ(rows[1].runs_s, m.runs_s);  // bit by bit
  EXPECT_EQ(b->query({})->size(), 1u);
}

TEST(MergeTest, RecordsOfOtherLibrariesStayApart) {
  const TemporaryFolder folder;
  auto a = must_open(folder / "a.db");
  auto b = must_open(folder / "b.db");
  Measurement m =
      sample_measurement(1, a->begin_session(sample_device(), sample_context()).value());
  ASSERT_TRUE(a->append({&m, 1}).ok());
  m.session = b->begin_session(sample_device(), sample_context()).value();  // the same session
  m.key.libraries = "onednn-3.0";
  ASSERT_TRUE(b->append({&m, 1}).ok());
  EXPECT_EQ(must_absorb(*a, *b).sessions_known, 1);
  EXPECT_EQ(keys_of(*a).size(), 2u);
  EXPECT_EQ(a->query({.libraries = "onednn-3.0"})->size(), 1u);
  EXPECT_EQ(combine_repetitions(a->query({}).value()).size(), 2u);
  EXPECT_EQ(store_statistics(*a)->groups.size(), 2u);
}

// All or nothing: a source that turns out to be damaged leaves the target as it was.
TEST(MergeTest, ADamagedSourceChangesNothing) {
  const TemporaryFolder folder;
  fill_store(folder / "bad.db", 20);
  execute_sql(folder / "bad.db",
              "PRAGMA ignore_check_constraints = ON; DROP TRIGGER measurements_keep; "
              "UPDATE measurements SET grade = 'Z' WHERE id = 19; CREATE TRIGGER measurements_keep "
              "BEFORE UPDATE ON measurements BEGIN SELECT RAISE(ABORT, 'a kernwise store is "
              "append-only'); END");
  auto bad = must_open(folder / "bad.db", StoreMode::kReadOnly);
  ASSERT_NE(bad, nullptr);
  auto target = must_open(folder / "t.db");
  const auto merged = target->absorb(*bad);
  ASSERT_FALSE(merged.ok());
  EXPECT_NE(to_string(merged.error()).find("is damaged"), std::string::npos);
  EXPECT_EQ(target->query({})->size(), 0u);
  EXPECT_EQ(target->sessions()->size(), 0u);
  EXPECT_EQ(target->devices()->size(), 0u);
}

TEST(MergeTest, StatisticsCountWhatThereIs) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 10);
  const auto statistics = store_statistics(*must_open(folder / "s.db")).value();
  EXPECT_EQ(statistics.records, 10);
  EXPECT_EQ(statistics.devices, 1);
  ASSERT_EQ(statistics.groups.size(), 1u);
  EXPECT_EQ(statistics.groups[0].problems, 7);
  EXPECT_EQ(statistics.groups[0].primitives, 10);
  EXPECT_EQ(statistics.groups[0].runs, 30);
}

TEST(NearestTest, TheDeviceItselfThenTheMostAlike) {
  const TemporaryFolder folder;
  auto store = must_open(folder / "s.db");
  Device sibling = sample_device(), older = sample_device(), other = sample_device();
  sibling.fingerprint = "1111111111111111";
  sibling.cores = 4;
  older.fingerprint = "2222222222222222";
  older.isa = Isa::kAvx2;
  older.model = 94;
  other.fingerprint = "3333333333333333";
  other.vendor = "OtherVendor";
  other.isa = Isa::kSse41;
  Device nameless;
  nameless.fingerprint = "4444444444444444";
  for (const Device& device : {other, older, nameless, sibling, sample_device()}) {
    ASSERT_TRUE(store->begin_session(device, sample_context()).ok());
  }
  const auto found = nearest_devices(*store, sample_device(), 3).value();
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].distance, 0);
  EXPECT_EQ(found[1].device.fingerprint, sibling.fingerprint);
  EXPECT_EQ(found[2].device.fingerprint, older.fingerprint);
  EXPECT_EQ(nearest_devices(*store, sample_device(), 9)->size(), 4u);
  EXPECT_EQ(device_distance(sibling, other), device_distance(other, sibling));
}

}  // namespace
}  // namespace kernwise
