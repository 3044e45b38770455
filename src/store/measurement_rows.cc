// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "measurement_rows.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "runs_blob.h"

namespace kernwise::detail {
namespace {

constexpr const char* kColumns =
    "id, session, device, problem, primitive, revision, threads, metric, protocol, libraries, "
    "status, reason, runs_s, median_s, spread, grade, workspace_bytes, packed_bytes, "
    "reference_drift";

// The problem comes first: it is bound anew for each.
std::string select_sql(const MeasurementFilter& filter) {
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

void insert_row(SQLite::Statement& insert, const Measurement& m) {
  const std::string runs = encode_runs(m.runs_s);
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

}  // namespace

Status check_storable(const Measurement& m) {
  constexpr std::size_t kMostRuns = std::size_t{1} << 24;
  const auto finite = [](double x) { return std::isfinite(x); };
  const auto refuse = [&](const char* what) {
    return internal_error(
        fmt::format("a measurement of {} with {} {}", m.key.problem, m.key.primitive, what));
  };
  if (!finite(m.median_s) || !finite(m.spread) || !finite(m.reference_drift) ||
      !std::all_of(m.runs_s.begin(), m.runs_s.end(), finite)) {
    return refuse("holds a number that is not finite");
  }
  if (m.runs_s.size() > kMostRuns) return refuse("holds more runs than a row can");
  if (m.grade < 'A' || m.grade > 'F') return refuse("has a grade outside A..F");
  if (m.status > MeasurementStatus::kFailed) return refuse("has an unknown status");
  if (m.session <= 0) return refuse("belongs to no session");
  return Ok{};
}

void insert_rows(SQLite::Database& database, std::span<const Measurement> measurements) {
  SQLite::Statement insert(
      database, fmt::format("INSERT INTO measurements ({}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, "
                            "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            kColumns));
  for (const Measurement& m : measurements) {
    insert_row(insert, m);
    insert.reset();
  }
}

RowReader::RowReader(SQLite::Database& database, const MeasurementFilter& filter)
    : database_(database), filter_(filter) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(database.getHandle(), select_sql(filter).c_str(), -1, &statement,
                           nullptr));
  statement_.reset(statement);
}

Result<std::vector<Measurement>> RowReader::read() {
  if (filter_.problems.empty()) {
    bind_fixed();
    KERNWISE_TRY(collect());
  } else {
    // One look-up each rather than a list in the statement: no limit on how many there are.
    next_ = 2;
    bind_fixed();
    const std::set<std::string> problems(filter_.problems.begin(), filter_.problems.end());
    for (const std::string& problem : problems) {
      sqlite3_reset(statement_.get());
      next_ = 1;
      bind_text(problem);
      KERNWISE_TRY(collect());
    }
  }
  if (std::is_sorted(ids_.begin(), ids_.end())) return std::move(rows_);
  std::vector<std::size_t> order(rows_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return ids_[a] < ids_[b]; });
  std::vector<Measurement> sorted;
  sorted.reserve(rows_.size());
  for (const std::size_t at : order) sorted.push_back(std::move(rows_[at]));
  return sorted;
}

void RowReader::bind_text(const std::string& text) {
  check(sqlite3_bind_text64(statement_.get(), next_++, text.data(), text.size(), SQLITE_STATIC,
                            SQLITE_UTF8));
}

void RowReader::bind_fixed() {
  if (!filter_.device.empty()) bind_text(filter_.device);
  if (filter_.threads != 0) check(sqlite3_bind_int(statement_.get(), next_++, filter_.threads));
  if (!filter_.protocol.empty()) bind_text(filter_.protocol);
  if (!filter_.libraries.empty()) bind_text(filter_.libraries);
}

Status RowReader::collect() {
  for (;;) {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_DONE) return Ok{};
    if (code != SQLITE_ROW) check(code);
    KERNWISE_ASSIGN(Measurement m, row());
    ids_.push_back(sqlite3_column_int64(statement_.get(), 0));
    rows_.push_back(std::move(m));
  }
}

Result<Measurement> RowReader::row() const {
  sqlite3_stmt* at = statement_.get();
  Measurement m;
  m.session = sqlite3_column_int64(at, 1);
  m.key.device = text(2);
  m.key.problem = text(3);
  m.key.primitive = text(4);
  m.key.revision = sqlite3_column_int(at, 5);
  m.key.threads = sqlite3_column_int(at, 6);
  m.key.metric = text(7);
  m.key.protocol = text(8);
  m.key.libraries = text(9);
  const int64_t status = sqlite3_column_int64(at, 10);
  m.reason = text(11);
  const void* blob = sqlite3_column_blob(at, 12);  // before its size: the call may convert
  auto runs = decode_runs(blob, static_cast<std::size_t>(sqlite3_column_bytes(at, 12)));
  m.median_s = sqlite3_column_double(at, 13);
  m.spread = sqlite3_column_double(at, 14);
  const std::string grade = text(15);
  m.workspace_bytes = sqlite3_column_int64(at, 16);
  m.packed_bytes = sqlite3_column_int64(at, 17);
  m.reference_drift = sqlite3_column_double(at, 18);
  // The file's own checks hold for what is inserted, not for what was damaged later.
  if (!runs || status < 0 || status > 2 || grade.size() != 1 || grade[0] < 'A' || grade[0] > 'F' ||
      !std::isfinite(m.median_s) || !std::isfinite(m.spread) || !std::isfinite(m.reference_drift)) {
    return invalid_input(fmt::format("is damaged: measurement {} holds values that cannot be",
                                     sqlite3_column_int64(at, 0)),
                         "give another file with --store");
  }
  m.runs_s = *std::move(runs);
  m.status = static_cast<MeasurementStatus>(status);
  m.grade = grade[0];
  return m;
}

std::string RowReader::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (data == nullptr) return {};  // NULL in a damaged row, or out of memory
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void RowReader::check(int code) const {
  if (code != SQLITE_OK) throw SQLite::Exception(database_.getHandle(), code);
}

void RowReader::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

}  // namespace kernwise::detail
