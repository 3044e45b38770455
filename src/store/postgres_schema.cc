// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "postgres_schema.h"

#include <fmt/format.h>

#include <array>

namespace kernwise::detail {
namespace {

// Names the lock that migrations take; any number does, as long as it is always the same.
constexpr int64_t kMigrationLock = 0x6b776973;  // "kwis"

constexpr std::array<const char*, kPostgresSchemaVersion> kMigrations = {
    // 1: the store, as in SQLite, and digests: the content of a row as one number (store/record.h),
    // so that what is sent twice is there once.
    R"sql(
CREATE TABLE kernwise.store (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  schema_version integer NOT NULL
);
INSERT INTO kernwise.store (schema_version) VALUES (0);
CREATE TABLE kernwise.devices (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fingerprint text NOT NULL UNIQUE,
  cpu text NOT NULL,
  vendor text NOT NULL,
  family integer NOT NULL,
  model integer NOT NULL,
  stepping integer NOT NULL,
  isa text NOT NULL,
  is_virtual boolean NOT NULL,
  cores integer NOT NULL,
  l1d_bytes bigint NOT NULL,
  l2_bytes bigint NOT NULL,
  l3_bytes bigint NOT NULL,
  memory_bytes bigint NOT NULL
);
CREATE TABLE kernwise.sessions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device bigint NOT NULL REFERENCES kernwise.devices (id),
  started text NOT NULL,
  context text NOT NULL,
  digest uuid NOT NULL
);
CREATE TABLE kernwise.measurements (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session bigint NOT NULL REFERENCES kernwise.sessions (id),
  device text NOT NULL,
  problem text NOT NULL,
  primitive text NOT NULL,
  revision integer NOT NULL,
  threads integer NOT NULL,
  metric text NOT NULL,
  protocol text NOT NULL,
  libraries text NOT NULL,
  status integer NOT NULL CHECK (status BETWEEN 0 AND 2),
  reason text NOT NULL,
  runs_s bytea NOT NULL CHECK (octet_length(runs_s) % 8 = 0),
  median_s double precision NOT NULL,
  spread double precision NOT NULL,
  grade text NOT NULL CHECK (grade IN ('A', 'B', 'C', 'D', 'E', 'F')),
  workspace_bytes bigint NOT NULL,
  packed_bytes bigint NOT NULL,
  reference_drift double precision NOT NULL,
  digest uuid NOT NULL UNIQUE
);
CREATE INDEX measurements_by_problem
  ON kernwise.measurements (problem, device, threads, protocol);
CREATE INDEX measurements_by_session ON kernwise.measurements (session);
CREATE INDEX sessions_by_device ON kernwise.sessions (device);
CREATE INDEX sessions_by_digest ON kernwise.sessions (digest);
CREATE FUNCTION kernwise.keep() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'a kernwise store is append-only'; END $$;
CREATE TRIGGER devices_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON kernwise.devices
  FOR EACH STATEMENT EXECUTE FUNCTION kernwise.keep();
CREATE TRIGGER sessions_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON kernwise.sessions
  FOR EACH STATEMENT EXECUTE FUNCTION kernwise.keep();
CREATE TRIGGER measurements_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON kernwise.measurements
  FOR EACH STATEMENT EXECUTE FUNCTION kernwise.keep();
)sql",
    // 2: jobs. What a job's state is may change; what came of it may not.
    R"sql(
CREATE SEQUENCE kernwise.leases;
CREATE TABLE kernwise.jobs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  added timestamptz NOT NULL DEFAULT clock_timestamp(),
  device text NOT NULL,
  isa text NOT NULL,
  threads integer NOT NULL,
  protocol text NOT NULL,
  work text NOT NULL,
  most_attempts integer NOT NULL CHECK (most_attempts > 0),
  state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'leased', 'done', 'failed', 'cancelled')),
  attempts integer NOT NULL DEFAULT 0,
  not_before timestamptz NOT NULL DEFAULT '-infinity',
  lease bigint,
  lease_until timestamptz,
  worker text NOT NULL DEFAULT '',
  reason text NOT NULL DEFAULT ''
);
CREATE INDEX jobs_open ON kernwise.jobs (id) WHERE state IN ('waiting', 'leased');
CREATE TABLE kernwise.job_results (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job bigint NOT NULL REFERENCES kernwise.jobs (id),
  lease bigint NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('accepted', 'late', 'failed')),
  finished timestamptz NOT NULL DEFAULT clock_timestamp(),
  worker text NOT NULL,
  device text NOT NULL,
  session bigint REFERENCES kernwise.sessions (id),
  records integer NOT NULL,
  summary text NOT NULL,
  UNIQUE (job, lease)
);
CREATE UNIQUE INDEX job_results_accepted ON kernwise.job_results (job)
  WHERE outcome = 'accepted';
CREATE TRIGGER job_results_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON kernwise.job_results
  FOR EACH STATEMENT EXECUTE FUNCTION kernwise.keep();
)sql"};

// By query: to_regclass() answers from a cache that does not notice what another process has
// committed while this transaction waited for the lock.
bool exists(pqxx::work& work, const char* catalogue_query) {
  return work.exec1(fmt::format("SELECT count(*) > 0 FROM {}", catalogue_query))[0].as<bool>();
}

// 0: there is nothing yet.
int version_of(pqxx::work& work) {
  if (!exists(work,
              "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
              "WHERE n.nspname = 'kernwise' AND c.relname = 'store'")) {
    return 0;
  }
  return work.exec1("SELECT schema_version FROM kernwise.store")[0].as<int>();
}

Status migrate(pqxx::work& work) {
  work.exec(fmt::format("SELECT pg_advisory_xact_lock({})", kMigrationLock));
  int version = version_of(work);  // again: somebody may have done it while we waited
  // Whoever may not create schemas can be given an empty one.
  if (version == 0 && !exists(work, "pg_namespace WHERE nspname = 'kernwise'")) {
    work.exec0("CREATE SCHEMA kernwise");
  }
  for (; version < kPostgresSchemaVersion; ++version) {
    work.exec(kMigrations[static_cast<std::size_t>(version)]);
    work.exec0(fmt::format("UPDATE kernwise.store SET schema_version = {}", version + 1));
  }
  return Ok{};
}

}  // namespace

Status prepare_schema(PostgresConnection& connection, StoreMode mode) {
  return connection.transact<Ok>("open", [&](pqxx::work& work) -> Status {
    const int version = version_of(work);
    if (version > kPostgresSchemaVersion) {
      return invalid_input(
          fmt::format("is a store of schema {}; this kernwise knows only up to schema {}", version,
                      kPostgresSchemaVersion),
          "use a newer kernwise, or another place with --store");
    }
    if (version == kPostgresSchemaVersion) return Ok{};
    if (mode == StoreMode::kReadWrite) return migrate(work);
    if (version > 0) return Ok{};
    return invalid_input("holds no kernwise store",
                         "`kernwise profile` or `kernwise db merge` creates one; or give another "
                         "place with --store");
  });
}

}  // namespace kernwise::detail
