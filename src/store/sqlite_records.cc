// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "sqlite_records.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>

namespace kernwise::detail {
namespace {

constexpr const char* kColumns =
    "session, device, problem, primitive, revision, threads, metric, protocol, libraries, status, "
    "reason, runs_s, median_s, spread, grade, workspace_bytes, packed_bytes, reference_drift";

// The bytes live until the statement's next step.
std::string_view text_at(sqlite3_stmt* at, int column) {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(at, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(at, column))};
}

std::string_view blob_at(sqlite3_stmt* at, int column) {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(at, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(at, column))};
}

Result<RecordView> view_at(sqlite3_stmt* at) {
  RecordView r;
  r.session = sqlite3_column_int64(at, 0);
  r.device = text_at(at, 1);
  r.problem = text_at(at, 2);
  r.primitive = text_at(at, 3);
  r.revision = sqlite3_column_int(at, 4);
  r.threads = sqlite3_column_int(at, 5);
  r.metric = text_at(at, 6);
  r.protocol = text_at(at, 7);
  r.libraries = text_at(at, 8);
  const int64_t status = sqlite3_column_int64(at, 9);
  r.reason = text_at(at, 10);
  r.runs = blob_at(at, 11);
  r.median_s = sqlite3_column_double(at, 12);
  r.spread = sqlite3_column_double(at, 13);
  const std::string_view grade = text_at(at, 14);
  r.workspace_bytes = sqlite3_column_int64(at, 15);
  r.packed_bytes = sqlite3_column_int64(at, 16);
  r.reference_drift = sqlite3_column_double(at, 17);
  if (status < 0 || status > 2 || grade.size() != 1 || grade[0] < 'A' || grade[0] > 'F' ||
      r.runs.size() % 8 != 0 || !std::isfinite(r.median_s) || !std::isfinite(r.spread) ||
      !std::isfinite(r.reference_drift)) {
    return invalid_input(
        fmt::format("is damaged: a measurement of {} holds values that cannot be", r.problem),
        "give another file with --store");
  }
  r.status = static_cast<MeasurementStatus>(status);
  r.grade = grade[0];
  return r;
}

}  // namespace

bool insert_device(SQLite::Database& database, const Device& device) {
  SQLite::Statement insert(
      database,
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
  return insert.exec() == 1;
}

int64_t insert_session(SQLite::Database& database, const std::string& fingerprint,
                       const std::string& started, const std::string& context) {
  SQLite::Statement insert(database,
                           "INSERT INTO sessions (device, started, context) "
                           "VALUES ((SELECT id FROM devices WHERE fingerprint = ?), ?, ?)");
  insert.bind(1, fingerprint);
  insert.bind(2, started);
  insert.bind(3, context);
  insert.exec();
  return database.getLastInsertRowid();
}

std::vector<Device> read_devices(SQLite::Database& database) {
  SQLite::Statement select(
      database,
      "SELECT fingerprint, cpu, vendor, family, model, stepping, isa, is_virtual, cores, "
      "l1d_bytes, l2_bytes, l3_bytes, memory_bytes FROM devices ORDER BY id");
  std::vector<Device> devices;
  while (select.executeStep()) {
    Device d;
    d.fingerprint = select.getColumn(0).getString();
    d.cpu = select.getColumn(1).getString();
    d.vendor = select.getColumn(2).getString();
    d.family = select.getColumn(3).getInt();
    d.model = select.getColumn(4).getInt();
    d.stepping = select.getColumn(5).getInt();
    d.isa = parse_isa(select.getColumn(6).getString()).value_or(Isa::kOther);
    d.is_virtual = select.getColumn(7).getInt() != 0;
    d.cores = select.getColumn(8).getInt();
    d.l1d.value = select.getColumn(9).getInt64();
    d.l2.value = select.getColumn(10).getInt64();
    d.l3.value = select.getColumn(11).getInt64();
    d.memory.value = select.getColumn(12).getInt64();
    devices.push_back(std::move(d));
  }
  return devices;
}

std::vector<StoredSession> read_sessions(SQLite::Database& database) {
  SQLite::Statement select(database,
                           "SELECT s.id, d.fingerprint, s.started, s.context FROM sessions s "
                           "JOIN devices d ON d.id = s.device ORDER BY s.id");
  std::vector<StoredSession> sessions;
  while (select.executeStep()) {
    sessions.push_back({select.getColumn(0).getInt64(), select.getColumn(1).getString(),
                        select.getColumn(2).getString(), select.getColumn(3).getString()});
  }
  return sessions;
}

Status visit_records(SQLite::Database& database, const RecordVisitor& visitor,
                     std::optional<int64_t> session) {
  // Past SQLiteCpp, which makes an object of each field.
  const auto check = [&](int code) {
    if (code != SQLITE_OK) throw SQLite::Exception(database.getHandle(), code);
  };
  const std::string sql = fmt::format("SELECT {} FROM measurements {}ORDER BY id", kColumns,
                                      session ? "WHERE session = ? " : "");
  sqlite3_stmt* at = nullptr;
  check(sqlite3_prepare_v2(database.getHandle(), sql.c_str(), -1, &at, nullptr));
  const std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement(at);
  if (session) check(sqlite3_bind_int64(at, 1, *session));
  for (;;) {
    const int code = sqlite3_step(at);
    if (code == SQLITE_DONE) return Ok{};
    if (code != SQLITE_ROW) check(code);
    KERNWISE_ASSIGN(const RecordView record, view_at(at));
    KERNWISE_TRY(visitor(record));
  }
}

RecordInserter::RecordInserter(SQLite::Database& database) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(
      database.getHandle(),
      fmt::format("INSERT INTO measurements ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                  "?, ?, ?, ?)",
                  kColumns)
          .c_str(),
      -1, &statement, nullptr));
  statement_.reset(statement);
}

void RecordInserter::insert(const RecordView& r, int64_t session) {
  sqlite3_stmt* at = statement_.get();
  sqlite3_reset(at);
  check(sqlite3_bind_int64(at, 1, session));
  bind(2, r.device);
  bind(3, r.problem);
  bind(4, r.primitive);
  check(sqlite3_bind_int(at, 5, r.revision));
  check(sqlite3_bind_int(at, 6, r.threads));
  bind(7, r.metric);
  bind(8, r.protocol);
  bind(9, r.libraries);
  check(sqlite3_bind_int(at, 10, static_cast<int>(r.status)));
  bind(11, r.reason);
  check(sqlite3_bind_blob64(at, 12, r.runs.empty() ? "" : r.runs.data(), r.runs.size(),
                            SQLITE_STATIC));
  check(sqlite3_bind_double(at, 13, r.median_s));
  check(sqlite3_bind_double(at, 14, r.spread));
  bind(15, std::string_view(&r.grade, 1));
  check(sqlite3_bind_int64(at, 16, r.workspace_bytes));
  check(sqlite3_bind_int64(at, 17, r.packed_bytes));
  check(sqlite3_bind_double(at, 18, r.reference_drift));
  const int code = sqlite3_step(at);
  if (code != SQLITE_DONE) check(code);
}

void RecordInserter::bind(int at, std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), at, text.data() == nullptr ? "" : text.data(),
                            text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void RecordInserter::check(int code) const {
  if (code != SQLITE_OK) throw SQLite::Exception(database_.getHandle(), code);
}

void FinalizeStatement::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

}  // namespace kernwise::detail
