// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include "store/store_fixture.h"

namespace kernwise {
namespace {

// Files written by one kernwise are read by the next: these numbers and names may not change
// without a new schema version.
TEST(StoreSchemaTest, IsFrozen) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 1);
  SQLite::Database database((folder / "s.db").string());
  EXPECT_EQ(database.execAndGet("PRAGMA application_id").getInt(), 0x6b776973);
  EXPECT_EQ(database.execAndGet("PRAGMA user_version").getInt(), 1);
  EXPECT_EQ(
      database.execAndGet("SELECT group_concat(name, ' ') FROM pragma_table_info('measurements')")
          .getString(),
      "id session device problem primitive revision threads metric protocol libraries status "
      "reason runs_s median_s spread grade workspace_bytes packed_bytes reference_drift");
  EXPECT_EQ(static_cast<int>(MeasurementStatus::kOk), 0);
  EXPECT_EQ(static_cast<int>(MeasurementStatus::kRefused), 1);
  EXPECT_EQ(static_cast<int>(MeasurementStatus::kFailed), 2);
}

// Runs are little-endian doubles on every machine.
TEST(StoreSchemaTest, KeepsRunsAsLittleEndianDoubles) {
  const TemporaryFolder folder;
  {
    auto store = must_open(folder / "s.db");
    auto session = store->begin_session(sample_device(), sample_context());
    Measurement m = sample_measurement(0, *session);
    m.runs_s = {1.5, -2.0};
    ASSERT_TRUE(store->append({&m, 1}).ok());
  }
  SQLite::Database database((folder / "s.db").string());
  EXPECT_EQ(database.execAndGet("SELECT hex(runs_s) FROM measurements").getString(),
            "000000000000F83F00000000000000C0");
}

// Nothing is changed or deleted, not even by hand.
TEST(StoreSchemaTest, RefusesChangesByHand) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 2);
  for (const std::string table : {"measurements", "sessions", "devices"}) {
    EXPECT_THROW(execute_sql(folder / "s.db", "UPDATE " + table + " SET id = id + 1"),
                 SQLite::Exception);
    EXPECT_THROW(execute_sql(folder / "s.db", "DELETE FROM " + table), SQLite::Exception);
  }
  EXPECT_EQ(rows_in(folder / "s.db"), 2u);
}

// Written by a kernwise of the future: refused for reading and writing, and left alone.
TEST(StoreSchemaTest, RefusesANewerSchema) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 2);
  execute_sql(folder / "s.db", "CREATE TABLE future (x); PRAGMA user_version = 2");
  const std::string before = file_content(folder / "s.db");
  for (const StoreMode mode : {StoreMode::kReadWrite, StoreMode::kReadOnly}) {
    EXPECT_EQ(expect_error(open_sqlite_store(folder / "s.db", mode), "schema 2"), 0);
  }
  EXPECT_EQ(file_content(folder / "s.db"), before);
}

// Another program's database is not taken over, even if it is empty but for its id.
TEST(StoreSchemaTest, RefusesAnotherProgramsDatabase) {
  const TemporaryFolder folder;
  execute_sql(folder / "table.db", "CREATE TABLE t (x)");
  execute_sql(folder / "id.db", "PRAGMA application_id = 42");
  execute_sql(folder / "version.db", "PRAGMA user_version = 1");
  for (const std::string name : {"table.db", "id.db", "version.db"}) {
    for (const StoreMode mode : {StoreMode::kReadWrite, StoreMode::kReadOnly}) {
      EXPECT_EQ(expect_error(open_sqlite_store(folder / name, mode), "no kernwise store"), 0)
          << name;
    }
  }
}

// A file that claims to be a store but in which something else stands for a table could run for
// ever or do anything; so could a trigger of its own.
TEST(StoreSchemaTest, RefusesATamperedSchema) {
  const TemporaryFolder folder;
  const std::vector<std::string> tampering = {
      "DROP TABLE measurements; CREATE VIEW measurements AS WITH RECURSIVE n(x) AS "
      "(SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id FROM n",
      "DROP TABLE measurements",
      "ALTER TABLE measurements ADD COLUMN more TEXT",
      "CREATE TRIGGER mine AFTER INSERT ON measurements BEGIN SELECT 1; END",
      "DROP TRIGGER devices_keep",
      "DROP INDEX measurements_by_problem",
      "CREATE TABLE other (x)",
      "PRAGMA user_version = 0",
      "PRAGMA user_version = -5"};
  for (std::size_t i = 0; i < tampering.size(); ++i) {
    const auto path = folder / (std::to_string(i) + ".db");
    fill_store(path, 1);
    execute_sql(path, tampering[i]);
    for (const StoreMode mode : {StoreMode::kReadWrite, StoreMode::kReadOnly}) {
      EXPECT_EQ(expect_error(open_sqlite_store(path, mode), "no intact kernwise store"), 0)
          << tampering[i];
    }
  }
}

// An index that somebody added to be faster, and ANALYZE, do no harm.
TEST(StoreSchemaTest, ToleratesIndicesAndStatistics) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 5);
  execute_sql(folder / "s.db", "CREATE INDEX mine ON measurements (grade); ANALYZE");
  EXPECT_EQ(rows_in(folder / "s.db"), 5u);
  fill_store(folder / "s.db", 5);
  EXPECT_EQ(rows_in(folder / "s.db"), 10u);
}

// Rows that the schema's checks would not have let in are reported, not passed on.
TEST(StoreSchemaTest, ReportsRowsThatCannotBe) {
  for (const std::string change :
       {"grade = 'Z'", "grade = ''", "status = 9", "status = -1", "runs_s = x'00'",
        "runs_s = x'000000000000F07F'", "median_s = 9e999"}) {
    const TemporaryFolder folder;
    fill_store(folder / "s.db", 1);
    SQLite::Database database((folder / "s.db").string(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA ignore_check_constraints = ON");
    const std::string trigger =
        database.execAndGet("SELECT sql FROM sqlite_schema WHERE name = 'measurements_keep'")
            .getString();
    database.exec("DROP TRIGGER measurements_keep");
    database.exec("UPDATE measurements SET " + change);
    database.exec(trigger);
    EXPECT_EQ(expect_error(must_open(folder / "s.db")->query({}), "is damaged"), 0) << change;
  }
}

}  // namespace
}  // namespace kernwise
