// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "file_size_signal.h"
#include "kernwise/store/store.h"
#include "runs_blob.h"
#include "sqlite_errors.h"
#include "sqlite_open.h"

namespace kernwise {
namespace {

constexpr const char* kColumns =
    "id, session, device, problem, primitive, revision, threads, metric, protocol, libraries, "
    "status, reason, runs_s, median_s, spread, grade, workspace_bytes, packed_bytes, "
    "reference_drift";

std::string context_json(const MachineContext& context) {
  nlohmann::ordered_json json;
  json["kernel"] = context.kernel;
  json["compiler"] = context.compiler;
  json["build"] = context.build;
  json["libraries"] = context.libraries;
  json["governor"] = context.governor;
  json["turbo"] = context.turbo;
  json["hypervisor"] = context.hypervisor;
  json["huge_pages"] = context.huge_pages;
  json["load_average"] = std::isfinite(context.load_average) ? context.load_average : 0;
  json["cpus"] = context.cpus;
  json["priority"] = context.priority;
  json["timestamp"] = context.timestamp;
  // Names from the system may hold anything; the store holds UTF-8.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// What the file would refuse or could not give back as it was.
Status check_storable(const Measurement& m) {
  const auto finite = [](double x) { return std::isfinite(x); };
  const auto refuse = [&](const char* what) {
    return internal_error(fmt::format("a measurement of {} with {} {}", m.key.problem,
                                      m.key.primitive, what));
  };
  if (!finite(m.median_s) || !finite(m.spread) || !finite(m.reference_drift) ||
      !std::all_of(m.runs_s.begin(), m.runs_s.end(), finite)) {
    return refuse("holds a number that is not finite");
  }
  if (m.grade < 'A' || m.grade > 'F') return refuse("has a grade outside A..F");
  if (m.status > MeasurementStatus::kFailed) return refuse("has an unknown status");
  if (m.session <= 0) return refuse("belongs to no session");
  return Ok{};
}

std::string text(const SQLite::Column& column) { return column.getString(); }

Result<Measurement> read_row(SQLite::Statement& row) {
  Measurement m;
  m.session = row.getColumn(1).getInt64();
  m.key.device = text(row.getColumn(2));
  m.key.problem = text(row.getColumn(3));
  m.key.primitive = text(row.getColumn(4));
  m.key.revision = row.getColumn(5).getInt();
  m.key.threads = row.getColumn(6).getInt();
  m.key.metric = text(row.getColumn(7));
  m.key.protocol = text(row.getColumn(8));
  m.key.libraries = text(row.getColumn(9));
  const int64_t status = row.getColumn(10).getInt64();
  m.reason = text(row.getColumn(11));
  const SQLite::Column blob = row.getColumn(12);
  const void* data = blob.getBlob();
  auto runs = detail::decode_runs(data, static_cast<std::size_t>(blob.getBytes()));
  m.median_s = row.getColumn(13).getDouble();
  m.spread = row.getColumn(14).getDouble();
  const std::string grade = text(row.getColumn(15));
  m.workspace_bytes = row.getColumn(16).getInt64();
  m.packed_bytes = row.getColumn(17).getInt64();
  m.reference_drift = row.getColumn(18).getDouble();
  // The file's own checks hold for what is inserted, not for what was damaged later.
  if (!runs || status < 0 || status > 2 || grade.size() != 1 || grade[0] < 'A' || grade[0] > 'F' ||
      !std::isfinite(m.median_s) || !std::isfinite(m.spread) || !std::isfinite(m.reference_drift)) {
    return invalid_input(fmt::format("is damaged: measurement {} holds values that cannot be",
                                     row.getColumn(0).getInt64()),
                         "give another file with --store");
  }
  m.runs_s = *std::move(runs);
  m.status = static_cast<MeasurementStatus>(status);
  m.grade = grade[0];
  return m;
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::filesystem::path path, StoreMode mode, std::unique_ptr<SQLite::Database> database)
      : path_(std::move(path)), mode_(mode), database_(std::move(database)) {}

  ~SqliteStore() override {
    const detail::FileSizeSignalBlock block;  // closing empties the log into the file
    database_.reset();
  }

  Result<int64_t> begin_session(const Device& device, const MachineContext& context) override {
    return guarded<int64_t>("write", [&]() -> Result<int64_t> {
      KERNWISE_TRY(check_writable());
      SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
      SQLite::Statement insert(
          *database_,
          "INSERT INTO devices (fingerprint, cpu, vendor, family, model, stepping, isa, is_virtual, "
          "cores, l1d_bytes, l2_bytes, l3_bytes, memory_bytes) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint) DO NOTHING");
      insert.bind(1, device.fingerprint);
      insert.bind(2, device.cpu);
      insert.bind(3, device.vendor);
      insert.bind(4, device.family);
      insert.bind(5, device.model);
      insert.bind(6, device.stepping);
      insert.bind(7, std::string(to_string(device.isa)));
      insert.bind(8, device.is_virtual ? 1 : 0);
      insert.bind(9, device.cores);
      insert.bind(10, device.l1d.value);
      insert.bind(11, device.l2.value);
      insert.bind(12, device.l3.value);
      insert.bind(13, device.memory.value);
      insert.exec();
      SQLite::Statement session(*database_,
                                "INSERT INTO sessions (device, started, context) "
                                "VALUES ((SELECT id FROM devices WHERE fingerprint = ?), ?, ?)");
      session.bind(1, device.fingerprint);
      session.bind(2, context.timestamp);
      session.bind(3, context_json(context));
      session.exec();
      const int64_t id = database_->getLastInsertRowid();
      transaction.commit();
      return id;
    });
  }

  Status append(std::span<const Measurement> measurements) override {
    for (const Measurement& m : measurements) {
      if (auto storable = check_storable(m); !storable.ok()) {
        return std::move(storable).error().within(location());
      }
    }
    return guarded<Ok>("write", [&]() -> Status {
      KERNWISE_TRY(check_writable());
      // Immediate: a transaction that turns from reading to writing cannot wait for others.
      SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
      SQLite::Statement insert(
          *database_, fmt::format("INSERT INTO measurements ({}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, "
                                  "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                  kColumns));
      for (const Measurement& m : measurements) {
        insert_row(insert, m);
        insert.reset();
      }
      transaction.commit();
      return Ok{};
    });
  }

  Result<std::vector<Measurement>> query(const MeasurementFilter& filter) const override {
    using Rows = std::vector<Measurement>;
    return guarded<Rows>("read", [&]() -> Result<Rows> {
      // One snapshot for all the statements below.
      SQLite::Transaction transaction(*database_);
      SQLite::Statement select(*database_, select_sql(filter));
      int next = filter.problems.empty() ? 1 : 2;
      if (!filter.device.empty()) select.bindNoCopy(next++, filter.device);
      if (filter.threads != 0) select.bind(next++, filter.threads);
      if (!filter.protocol.empty()) select.bindNoCopy(next++, filter.protocol);
      if (!filter.libraries.empty()) select.bindNoCopy(next++, filter.libraries);
      std::vector<std::pair<int64_t, Measurement>> rows;
      const auto collect = [&]() -> Status {
        while (select.executeStep()) {
          KERNWISE_ASSIGN(Measurement m, read_row(select));
          rows.emplace_back(select.getColumn(0).getInt64(), std::move(m));
        }
        return Ok{};
      };
      if (filter.problems.empty()) KERNWISE_TRY(collect());
      // One look-up each rather than a list in the statement: no limit on how many there are.
      const std::set<std::string> problems(filter.problems.begin(), filter.problems.end());
      for (const std::string& problem : problems) {
        select.reset();
        select.bindNoCopy(1, problem);
        KERNWISE_TRY(collect());
      }
      std::sort(rows.begin(), rows.end(),
                [](const auto& a, const auto& b) { return a.first < b.first; });
      Rows measurements;
      measurements.reserve(rows.size());
      for (auto& [id, m] : rows) measurements.push_back(std::move(m));
      return measurements;
    });
  }

  std::string location() const override { return path_.string(); }

 private:
  static std::string select_sql(const MeasurementFilter& filter) {
    std::string where;
    const auto also = [&](bool wanted, const char* condition) {
      if (wanted) where += (where.empty() ? " WHERE " : " AND ") + std::string(condition);
    };
    also(!filter.problems.empty(), "problem = ?");
    also(!filter.device.empty(), "device = ?");
    also(filter.threads != 0, "threads = ?");
    also(!filter.protocol.empty(), "protocol = ?");
    also(!filter.libraries.empty(), "libraries = ?");
    return fmt::format("SELECT {} FROM measurements{}", kColumns, where);
  }

  static void insert_row(SQLite::Statement& insert, const Measurement& m) {
    const std::string runs = detail::encode_runs(m.runs_s);
    insert.bind(1, m.session);
    insert.bindNoCopy(2, m.key.device);
    insert.bindNoCopy(3, m.key.problem);
    insert.bindNoCopy(4, m.key.primitive);
    insert.bind(5, m.key.revision);
    insert.bind(6, m.key.threads);
    insert.bindNoCopy(7, m.key.metric);
    insert.bindNoCopy(8, m.key.protocol);
    insert.bindNoCopy(9, m.key.libraries);
    insert.bind(10, static_cast<int>(m.status));
    insert.bindNoCopy(11, m.reason);
    insert.bindNoCopy(12, static_cast<const void*>(runs.data()), static_cast<int>(runs.size()));
    insert.bind(13, m.median_s);
    insert.bind(14, m.spread);
    insert.bind(15, std::string(1, m.grade));
    insert.bind(16, m.workspace_bytes);
    insert.bind(17, m.packed_bytes);
    insert.bind(18, m.reference_drift);
    insert.exec();
  }

  Status check_writable() const {
    if (mode_ == StoreMode::kReadWrite) return Ok{};
    return internal_error("the store was opened for reading only");
  }

  // SQLite's exceptions end here.
  template <typename T, typename Body>
  Result<T> guarded(std::string_view doing, const Body& body) const {
    const detail::FileSizeSignalBlock block;
    try {
      Result<T> result = body();
      if (!result.ok()) return std::move(result).error().within(location());
      return result;
    } catch (const SQLite::Exception& exception) {
      return detail::store_error(exception, sqlite3_system_errno(database_->getHandle()), doing,
                                 path_);
    }
  }

  std::filesystem::path path_;
  StoreMode mode_;
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& path,
                                                 StoreMode mode) {
  const detail::FileSizeSignalBlock block;
  KERNWISE_ASSIGN(auto database, detail::open_database(path, mode));
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(path, mode, std::move(database)));
}

}  // namespace kernwise
