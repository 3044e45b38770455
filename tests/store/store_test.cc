// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "store/store_fixture.h"

namespace kernwise {
namespace {

bool same(const Measurement& a, const Measurement& b) {
  return a.key == b.key && a.status == b.status && a.reason == b.reason && a.runs_s == b.runs_s &&
         a.median_s == b.median_s && a.spread == b.spread && a.grade == b.grade &&
         a.workspace_bytes == b.workspace_bytes && a.packed_bytes == b.packed_bytes &&
         a.reference_drift == b.reference_drift && a.session == b.session;
}

// Everything that was put in comes out again, bit by bit, in the same order, from a new process'
// point of view (the store is closed in between). Strings hold what strings can hold.
TEST(StoreTest, GivesBackWhatWasStored) {
  rc::check([] {
    const TemporaryFolder folder;
    std::vector<Measurement> put;
    {
      auto store = must_open(folder / "s.db");
      auto session = store->begin_session(sample_device(), sample_context());
      RC_ASSERT(session.ok());
      const int count = *rc::gen::inRange(0, 20);
      const auto number = rc::gen::map(rc::gen::arbitrary<int64_t>(), [](int64_t bits) {
        return std::ldexp(static_cast<double>(bits), static_cast<int>(bits % 200));
      });
      for (int i = 0; i < count; ++i) {
        Measurement m = sample_measurement(i, *session);
        m.key.problem = *rc::gen::arbitrary<std::string>();
        m.reason = *rc::gen::arbitrary<std::string>();
        m.key.revision = *rc::gen::arbitrary<int>();
        m.status = static_cast<MeasurementStatus>(*rc::gen::inRange(0, 3));
        m.runs_s = *rc::gen::container<std::vector<double>>(number);
        m.median_s = *number;
        m.spread = *number;
        m.workspace_bytes = *rc::gen::arbitrary<int64_t>();
        m.grade = static_cast<char>(*rc::gen::inRange<int>('A', 'F' + 1));
        put.push_back(std::move(m));
      }
      RC_ASSERT(store->append(put).ok());
    }
    auto store = must_open(folder / "s.db", StoreMode::kReadOnly);
    auto got = store->query({});
    RC_ASSERT(got.ok());
    RC_ASSERT(got->size() == put.size());
    for (std::size_t i = 0; i < put.size(); ++i) RC_ASSERT(same((*got)[i], put[i]));
  });
}

// Each field of a filter, alone and together with the problems, against filtering by hand; the
// order is that of insertion although the problems are looked up one by one.
TEST(StoreTest, FiltersLikeALoopWould) {
  const TemporaryFolder folder;
  auto store = must_open(folder / "s.db");
  auto session = store->begin_session(sample_device(), sample_context());
  ASSERT_TRUE(session.ok());
  std::vector<Measurement> all = sample_batch(0, 60, *session);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % 2 == 0) all[i].key.device = "another";
    if (i % 3 == 0) all[i].key.threads = 2;
    if (i % 5 == 0) all[i].key.protocol = "warm-1";
    if (i % 4 == 0) all[i].key.libraries = "onednn-3";
  }
  ASSERT_TRUE(store->append(all).ok());
  const std::vector<std::string> problems = {"conv:n1ic5ih56", "conv:n1ic0ih56", "conv:n1ic5ih56",
                                             "conv:none"};
  for (int mask = 0; mask < 32; ++mask) {
    MeasurementFilter filter;
    if (mask & 1) filter.device = "another";
    if (mask & 2) filter.threads = 2;
    if (mask & 4) filter.protocol = "cold-1";
    if (mask & 8) filter.libraries = "onednn-2.6.3";
    if (mask & 16) filter.problems = problems;
    auto got = store->query(filter);
    ASSERT_TRUE(got.ok()) << to_string(got.error());
    std::size_t next = 0;
    for (const Measurement& m : all) {
      if ((mask & 1) && m.key.device != filter.device) continue;
      if ((mask & 2) && m.key.threads != filter.threads) continue;
      if ((mask & 4) && m.key.protocol != filter.protocol) continue;
      if ((mask & 8) && m.key.libraries != filter.libraries) continue;
      if ((mask & 16) && m.key.problem != problems[0] && m.key.problem != problems[1]) continue;
      ASSERT_LT(next, got->size()) << "mask " << mask;
      EXPECT_TRUE(same((*got)[next], m)) << "mask " << mask << " row " << next;
      ++next;
    }
    EXPECT_EQ(next, got->size()) << "mask " << mask;
  }
}

// Filters are data: SQL in them is looked for, not executed.
TEST(StoreTest, TakesFiltersAsText) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 3);
  auto store = must_open(folder / "s.db");
  MeasurementFilter filter;
  filter.device = "x' OR '1'='1";
  filter.problems = {"'; DROP TABLE measurements; --"};
  auto got = store->query(filter);
  ASSERT_TRUE(got.ok());
  EXPECT_TRUE(got->empty());
  EXPECT_EQ(rows_in(folder / "s.db"), 3u);
}

// A batch with a measurement that cannot be stored leaves nothing of itself behind, wherever in
// the batch it stands, and the store goes on working.
TEST(StoreTest, AppendsABatchWholeOrNotAtAll) {
  const TemporaryFolder folder;
  auto store = must_open(folder / "s.db");
  auto session = store->begin_session(sample_device(), sample_context());
  ASSERT_TRUE(session.ok());
  const auto spoil = std::vector<std::function<void(Measurement&)>>{
      [](Measurement& m) { m.session = 77; },  // no such session: noticed by the database only
      [](Measurement& m) { m.session = 0; },
      [](Measurement& m) { m.median_s = std::nan(""); },
      [](Measurement& m) { m.runs_s.push_back(std::numeric_limits<double>::infinity()); },
      [](Measurement& m) { m.grade = 'G'; },
      [](Measurement& m) { m.status = static_cast<MeasurementStatus>(3); }};
  for (const auto& spoiler : spoil) {
    auto batch = sample_batch(0, 10, *session);
    spoiler(batch[9]);
    EXPECT_FALSE(store->append(batch).ok());
    auto rows = store->query({});
    ASSERT_TRUE(rows.ok());
    EXPECT_TRUE(rows->empty());
  }
  EXPECT_TRUE(store->append(sample_batch(0, 10, *session)).ok());
  EXPECT_EQ(store->query({})->size(), 10u);
}

// A second measurement of the same key stands beside the first.
TEST(StoreTest, KeepsRepetitions) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 4);
  fill_store(folder / "s.db", 4);
  auto rows = must_open(folder / "s.db")->query({});
  ASSERT_TRUE(rows.ok());
  ASSERT_EQ(rows->size(), 8u);
  EXPECT_EQ((*rows)[1].key, (*rows)[5].key);
  EXPECT_NE((*rows)[1].session, (*rows)[5].session);
}

// Two sessions on one machine share its row; context and start are kept with each.
TEST(StoreTest, RecordsDeviceAndContextOfASession) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 1);
  fill_store(folder / "s.db", 1);
  SQLite::Database database((folder / "s.db").string());
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM devices").getInt(), 1);
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM sessions").getInt(), 2);
  EXPECT_EQ(database.execAndGet("SELECT cpu || isa || l3_bytes FROM devices").getString(),
            "Testing CPU \"X\" 3000avx512272629760");
  EXPECT_EQ(database
                .execAndGet("SELECT context ->> '$.cpus[1]' || (context ->> '$.kernel') || started "
                            "FROM sessions LIMIT 1")
                .getString(),
            "1Linux 6.1.02026-11-20T12:00:00Z");
}

// What the system says about itself need not be UTF-8, and a load need not be a number.
TEST(StoreTest, TakesAnyContext) {
  const TemporaryFolder folder;
  auto store = must_open(folder / "s.db");
  MachineContext context = sample_context();
  context.kernel = "\xff\xfe quote \" and \n line";
  context.load_average = std::nan("");
  auto session = store->begin_session(sample_device(), context);
  ASSERT_TRUE(session.ok()) << to_string(session.error());
  EXPECT_TRUE(store->append(sample_batch(0, 1, *session)).ok());
}

// Plans look up a few problems in a large store: that must go through the index, never by reading
// the whole table.
TEST(StoreTest, LooksProblemsUpByIndex) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 10);
  SQLite::Database database((folder / "s.db").string());
  for (const std::string more :
       {"", " AND device = ? AND threads = ? AND protocol = ? AND libraries = ?"}) {
    SQLite::Statement plan(
        database, "EXPLAIN QUERY PLAN SELECT * FROM measurements WHERE problem = ?" + more);
    ASSERT_TRUE(plan.executeStep());
    EXPECT_NE(plan.getColumn(3).getString().find("USING INDEX measurements_by_problem"),
              std::string::npos)
        << plan.getColumn(3).getString();
  }
}

TEST(StoreTest, NamesWhereItLies) {
  const TemporaryFolder folder;
  EXPECT_EQ(must_open(folder / "s.db")->location(), (folder / "s.db").string());
}

// Names that mean something to SQLite or in a URI are still only names.
TEST(StoreTest, TakesAwkwardNames) {
  const TemporaryFolder folder;
  for (const std::string name :
       {"a b?mode=memory#%41.db", "file:x.db", "ü/ö/ä.db", ":memory:", "'"}) {
    fill_store(folder / name, 2);
    EXPECT_TRUE(std::filesystem::is_regular_file(folder / name)) << name;
    EXPECT_EQ(rows_in(folder / name), 2u) << name;
  }
}

}  // namespace
}  // namespace kernwise
