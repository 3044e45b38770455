// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

#include "kernwise/store/compare.h"
#include "kernwise/store/jobs.h"
#include "store/postgres_fixture.h"
#include "store/store_fixture.h"

namespace kernwise {
namespace {

class PostgresStoreTest : public PostgresTest {
 protected:
  std::unique_ptr<Store> open(StoreMode mode = StoreMode::kReadWrite) {
    auto store = open_store(location(), mode);
    if (!store.ok()) {
      ADD_FAILURE() << to_string(store.error());
      return nullptr;
    }
    return std::move(store).value();
  }
  std::string refusal(const std::string& statements) {
    try {
      sql(statements);
    } catch (const std::exception& exception) {
      return exception.what();
    }
    return "";
  }
};

TEST_F(PostgresStoreTest, GivesBackWhatWasStoredBitByBit) {
  auto store = open();
  ASSERT_NE(store, nullptr);
  const int64_t session = store->begin_session(sample_device(), sample_context()).value();
  std::vector<Measurement> batch = sample_batch(0, 5, session);
  batch[1].runs_s = {5e-324, 0.1, 1.0 / 3, std::numeric_limits<double>::max(), -0.0};
  batch[2].status = MeasurementStatus::kRefused;
  batch[2].reason = "a 'quoted' \\ reason\twith\nlines";
  batch[2].runs_s.clear();
  batch[3].median_s = 0.1 + 0.2;
  batch[3].packed_bytes = std::numeric_limits<int64_t>::max();
  ASSERT_TRUE(store->append(batch).ok());
  const auto rows = open(StoreMode::kReadOnly)->query({}).value();
  ASSERT_EQ(rows.size(), batch.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].key, batch[i].key);
    EXPECT_EQ(rows[i].runs_s, batch[i].runs_s);
    EXPECT_EQ(rows[i].median_s, batch[i].median_s);
    EXPECT_EQ(rows[i].reason, batch[i].reason);
    EXPECT_EQ(rows[i].status, batch[i].status);
    EXPECT_EQ(rows[i].packed_bytes, batch[i].packed_bytes);
    EXPECT_EQ(rows[i].session, session);
  }
  EXPECT_TRUE(std::signbit(rows[1].runs_s[4]));
  const auto devices = store->devices().value();
  ASSERT_EQ(devices.size(), 1u);
  EXPECT_EQ(devices[0].cpu, sample_device().cpu);
  EXPECT_EQ(devices[0].l3, sample_device().l3);
  EXPECT_EQ(devices[0].isa, Isa::kAvx512);
}

TEST_F(PostgresStoreTest, FiltersAsSqliteDoes) {
  const TemporaryFolder folder;
  auto file = must_open(folder / "s.db");
  auto database = open();
  for (Store* store : {file.get(), database.get()}) {
    auto batch =
        sample_batch(0, 30, store->begin_session(sample_device(), sample_context()).value());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i].key.threads = 1 + static_cast<int>(i % 2);
      batch[i].key.protocol = i % 3 == 0 ? "warm-1" : "cold-1";
    }
    ASSERT_TRUE(store->append(batch).ok());
  }
  const std::vector<MeasurementFilter> filters = {
      {},
      {.threads = 2},
      {.protocol = "warm-1"},
      {.problems = {"conv:n1ic3ih56", "conv:n1ic5ih56", "it's none"}},
      {.device = "other"},
      {.problems = {"conv:n1ic3ih56"}, .threads = 1, .protocol = "cold-1"}};
  for (const MeasurementFilter& filter : filters) {
    const auto expected = file->query(filter).value();
    const auto found = database->query(filter).value();
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].key, expected[i].key);
  }
}

TEST_F(PostgresStoreTest, TheSchemaIsMadeOnceByManyAtOnce) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(start_child([&] {
      auto store = open_store(location(), StoreMode::kReadWrite);
      if (!store.ok()) std::cerr << to_string(store.error()) << "\n";
      return store.ok() ? 0 : 1;
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(wait_for(child), 0);
  EXPECT_EQ(sql("SELECT schema_version FROM kernwise.store"), "2");
}

// A store that an older kernwise made is brought up to date and keeps what it holds.
TEST_F(PostgresStoreTest, MigratesAnOlderSchema) {
  {
    auto store = open();
    const int64_t session = store->begin_session(sample_device(), sample_context()).value();
    ASSERT_TRUE(store->append(sample_batch(0, 4, session)).ok());
  }
  sql("DROP TABLE kernwise.job_results; DROP TABLE kernwise.jobs; DROP SEQUENCE kernwise.leases; "
      "UPDATE kernwise.store SET schema_version = 1");
  EXPECT_EQ(open(StoreMode::kReadOnly)->query({})->size(), 4u);  // as it is
  EXPECT_EQ(sql("SELECT schema_version FROM kernwise.store"), "1");
  EXPECT_EQ(open()->query({})->size(), 4u);
  EXPECT_EQ(sql("SELECT schema_version FROM kernwise.store"), "2");
  EXPECT_EQ(sql("SELECT count(*) FROM kernwise.jobs"), "0");
}

TEST_F(PostgresStoreTest, RefusesWhatItCannotUse) {
  EXPECT_EQ(expect_error(open_store(location(), StoreMode::kReadOnly), "no kernwise store"), 0);
  open();
  sql("UPDATE kernwise.store SET schema_version = 99");
  for (const auto mode : {StoreMode::kReadOnly, StoreMode::kReadWrite}) {
    EXPECT_EQ(expect_error(open_store(location(), mode), "schema 99"), 0);
  }
  EXPECT_EQ(expect_error(open_store(server().location("nowhere"), StoreMode::kReadWrite),
                         "does not exist"),
            0);
  EXPECT_EQ(expect_error(open_store("postgresql://x@/y?host=/nonexistent", StoreMode::kReadOnly),
                         "cannot connect"),
            0);
}

TEST_F(PostgresStoreTest, NothingIsChangedOrDeleted) {
  auto store = open();
  ASSERT_TRUE(store
                  ->append(sample_batch(
                      0, 2, store->begin_session(sample_device(), sample_context()).value()))
                  .ok());
  for (const char* statement :
       {"DELETE FROM kernwise.measurements", "UPDATE kernwise.measurements SET median_s = 0",
        "TRUNCATE kernwise.measurements", "DELETE FROM kernwise.sessions",
        "UPDATE kernwise.devices SET cpu = ''", "DELETE FROM kernwise.job_results"}) {
    EXPECT_NE(refusal(statement).find("append-only"), std::string::npos) << statement;
  }
  EXPECT_EQ(store->query({})->size(), 2u);
}

// A row that the database refuses takes its batch with it.
TEST_F(PostgresStoreTest, ABatchIsThereAsAWholeOrNotAtAll) {
  auto store = open();
  auto batch = sample_batch(0, 10, store->begin_session(sample_device(), sample_context()).value());
  batch[7].session = 1234567;  // there is none such
  EXPECT_FALSE(store->append(batch).ok());
  EXPECT_EQ(store->query({})->size(), 0u);
}

TEST_F(PostgresStoreTest, ABatchThatIsSentTwiceIsThereOnce) {
  auto store = open();
  const auto batch =
      sample_batch(0, 10, store->begin_session(sample_device(), sample_context()).value());
  ASSERT_TRUE(store->append(batch).ok());
  ASSERT_TRUE(store->append(batch).ok());
  EXPECT_EQ(store->query({})->size(), 10u);
}

TEST_F(PostgresStoreTest, GoesOnAfterACutConnectionAndARestart) {
  auto store = open();
  const int64_t session = store->begin_session(sample_device(), sample_context()).value();
  ASSERT_TRUE(store->append(sample_batch(0, 10, session)).ok());
  sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kernwise'");
  auto appended = store->append(sample_batch(10, 10, session));
  ASSERT_TRUE(appended.ok()) << to_string(appended.error());
  std::thread writer([&] { appended = store->append(sample_batch(20, 10, session)); });
  EXPECT_TRUE(server().crash_and_restart());
  writer.join();
  ASSERT_TRUE(appended.ok()) << to_string(appended.error());
  appended = store->append(sample_batch(30, 10, session));
  ASSERT_TRUE(appended.ok()) << to_string(appended.error());
  EXPECT_EQ(store->query({})->size(), 40u);
}

// With the rights of docs/shared_stores.md and no others.
TEST_F(PostgresStoreTest, RolesCanDoWhatTheyAreMeantTo) {
  open();
  sql("DROP ROLE IF EXISTS reader; DROP ROLE IF EXISTS worker; CREATE ROLE reader LOGIN; "
      "CREATE ROLE worker LOGIN; GRANT USAGE ON SCHEMA kernwise TO reader, worker; "
      "GRANT SELECT ON ALL TABLES IN SCHEMA kernwise TO reader, worker; "
      "GRANT INSERT ON ALL TABLES IN SCHEMA kernwise TO worker; "
      "GRANT UPDATE ON kernwise.jobs TO worker; "
      "GRANT USAGE ON SEQUENCE kernwise.leases TO worker");
  const auto as = [&](const std::string& user) {
    std::string changed = location();
    return changed.replace(changed.find("kernwise@"), 9, user + "@");
  };
  const auto worker = open_store(as("worker"), StoreMode::kReadWrite)
                          .value()
                          ->begin_session(sample_device(), sample_context());
  ASSERT_TRUE(worker.ok()) << to_string(worker.error());
  auto store = open_store(as("worker"), StoreMode::kReadWrite).value();
  const auto appended = store->append(sample_batch(0, 3, *worker));
  ASSERT_TRUE(appended.ok()) << to_string(appended.error());
  auto queue = open_jobs(as("worker"), Seconds{0}, nullptr).value();
  NewJob job;
  job.needs.protocol = "cold-2";
  ASSERT_TRUE(queue->add({job}).ok());
  const WorkerAbility ability{"w", "d", "avx2", 1, {"cold-2"}};
  const auto lease = queue->lease(ability, Seconds{60});
  ASSERT_TRUE(lease.ok()) << to_string(lease.error());
  const auto verdict = queue->finish(**lease, ability, {});
  ASSERT_TRUE(verdict.ok()) << to_string(verdict.error());

  auto reader = open_store(as("reader"), StoreMode::kReadOnly);
  ASSERT_TRUE(reader.ok()) << to_string(reader.error());
  EXPECT_EQ((*reader)->query({})->size(), 3u);
  auto writer = open_store(as("reader"), StoreMode::kReadWrite);
  ASSERT_TRUE(writer.ok());
  EXPECT_EQ(expect_error((*writer)->begin_session(sample_device(), sample_context()),
                         "permission denied"),
            0);
  sql("DROP OWNED BY reader, worker; DROP ROLE reader, worker");
}

// Text that a database of UTF-8 does not take.
TEST_F(PostgresStoreTest, BrokenTextBecomesQuestionMarks) {
  auto store = open();
  auto batch = sample_batch(0, 1, store->begin_session(sample_device(), sample_context()).value());
  batch[0].reason = std::string("a\xff", 2) + std::string("\0z\xc3\xa4", 4);
  ASSERT_TRUE(store->append(batch).ok());
  EXPECT_EQ(store->query({}).value()[0].reason, "a??z\xc3\xa4");
}

// Between the two kinds of store, there and back.
TEST_F(PostgresStoreTest, MergesWithFiles) {
  const TemporaryFolder folder;
  fill_store(folder / "a.db", 40);
  auto file = must_open(folder / "a.db");
  auto database = open();
  const auto there = database->absorb(*file);
  ASSERT_TRUE(there.ok()) << to_string(there.error());
  EXPECT_EQ(there->records_new, 40);
  EXPECT_EQ(there->sessions_new, 1);
  EXPECT_EQ(database->absorb(*file)->records_known, 40);
  EXPECT_TRUE(diff_stores(*file, *database)->same());
  auto back = must_open(folder / "b.db");
  ASSERT_TRUE(back->absorb(*database).ok());
  EXPECT_TRUE(diff_stores(*file, *back)->same());
}

}  // namespace
}  // namespace kernwise
