// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "postgres_rows.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <tuple>
#include <vector>

#include "runs_blob.h"

namespace kernwise::detail {
namespace {

const std::vector<std::string> kColumns = {
    "session",         "device",       "problem",         "primitive", "revision",
    "threads",         "metric",       "protocol",        "libraries", "status",
    "reason",          "runs_s",       "median_s",        "spread",    "grade",
    "workspace_bytes", "packed_bytes", "reference_drift", "digest"};

std::string column_list() { return fmt::format("{}", fmt::join(kColumns, ", ")); }

std::string hex_of(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

int digit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

std::string bytes_of(std::string_view hex) {  // "\x00ff", as the server writes it
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 2; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(16 * digit(hex[i]) + digit(hex[i + 1]));
  }
  return bytes;
}

std::string_view view_of(const pqxx::field& field) { return {field.c_str(), field.size()}; }

double number_of(const pqxx::field& field) { return std::strtod(field.c_str(), nullptr); }

// A length of valid UTF-8 from `at` on, 0 if there is none (RFC 3629).
std::size_t sequence_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(at);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return follows(at + 1) ? 2 : 0;
  if (first >= 0xE0 && first < 0xF0) {
    const unsigned second = byte(at + 1);
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0)) return 0;
    return follows(at + 1) && follows(at + 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first < 0xF5) {
    const unsigned second = byte(at + 1);
    if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90)) return 0;
    return follows(at + 1) && follows(at + 2) && follows(at + 3) ? 4 : 0;
  }
  return 0;
}

// `runs` holds the bytes that the view shows.
Result<RecordView> view_at(const pqxx::row& row, std::string& runs) {
  RecordView r;
  r.session = row[0].as<int64_t>();
  r.device = view_of(row[1]);
  r.problem = view_of(row[2]);
  r.primitive = view_of(row[3]);
  r.revision = row[4].as<int>();
  r.threads = row[5].as<int>();
  r.metric = view_of(row[6]);
  r.protocol = view_of(row[7]);
  r.libraries = view_of(row[8]);
  r.status = static_cast<MeasurementStatus>(row[9].as<int>());
  r.reason = view_of(row[10]);
  runs = bytes_of(view_of(row[11]));
  r.runs = runs;
  r.median_s = number_of(row[12]);
  r.spread = number_of(row[13]);
  r.grade = row[14].c_str()[0];
  r.workspace_bytes = row[15].as<int64_t>();
  r.packed_bytes = row[16].as<int64_t>();
  r.reference_drift = number_of(row[17]);
  if (!std::isfinite(r.median_s) || !std::isfinite(r.spread) || !std::isfinite(r.reference_drift)) {
    return invalid_input(
        fmt::format("is damaged: a measurement of {} holds values that cannot be", r.problem),
        "give another place with --store");
  }
  return r;
}

std::string where(pqxx::work& work, const MeasurementFilter& filter) {
  std::vector<std::string> conditions;
  const auto equal = [&](const char* column, const std::string& value) {
    if (!value.empty()) conditions.push_back(fmt::format("{} = {}", column, work.quote(value)));
  };
  equal("device", filter.device);
  equal("protocol", filter.protocol);
  equal("libraries", filter.libraries);
  if (filter.threads != 0) conditions.push_back(fmt::format("threads = {}", filter.threads));
  if (!filter.problems.empty()) {
    std::vector<std::string> quoted;
    for (const std::string& problem : filter.problems) quoted.push_back(work.quote(problem));
    conditions.push_back(fmt::format("problem IN ({})", fmt::join(quoted, ", ")));
  }
  return conditions.empty() ? "" : fmt::format(" WHERE {}", fmt::join(conditions, " AND "));
}

}  // namespace

std::string storable_text(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_at(text, i);
    if (length == 0) {
      clean += '?';
      ++i;
    } else {
      clean.append(text.substr(i, length));
      i += length;
    }
  }
  return clean;
}

std::string uuid_text(const Hash128& digest) { return to_string(digest); }

bool insert_device(pqxx::work& work, const Device& d) {
  return work.exec_params(
                 "INSERT INTO kernwise.devices (fingerprint, cpu, vendor, family, model, stepping, "
                 "isa, is_virtual, cores, l1d_bytes, l2_bytes, l3_bytes, memory_bytes) VALUES ($1, "
                 "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
                 "ON CONFLICT (fingerprint) DO NOTHING",
                 storable_text(d.fingerprint), storable_text(d.cpu), storable_text(d.vendor),
                 d.family, d.model, d.stepping, std::string(to_string(d.isa)), d.is_virtual,
                 d.cores, d.l1d.value, d.l2.value, d.l3.value, d.memory.value)
             .affected_rows() == 1;
}

int64_t insert_session(pqxx::work& work, const StoredSession& session) {
  return work
      .exec_params1(
          "INSERT INTO kernwise.sessions (device, started, context, digest) VALUES "
          "((SELECT id FROM kernwise.devices WHERE fingerprint = $1), $2, $3, $4) RETURNING id",
          storable_text(session.device), storable_text(session.started),
          storable_text(session.context), uuid_text(session_digest(session)))[0]
      .as<int64_t>();
}

std::vector<Device> read_devices(pqxx::work& work) {
  std::vector<Device> devices;
  for (const pqxx::row& row : work.exec(
           "SELECT fingerprint, cpu, vendor, family, model, stepping, isa, is_virtual, cores, "
           "l1d_bytes, l2_bytes, l3_bytes, memory_bytes FROM kernwise.devices ORDER BY id")) {
    Device d;
    d.fingerprint = row[0].c_str();
    d.cpu = row[1].c_str();
    d.vendor = row[2].c_str();
    d.family = row[3].as<int>();
    d.model = row[4].as<int>();
    d.stepping = row[5].as<int>();
    d.isa = parse_isa(row[6].c_str()).value_or(Isa::kOther);
    d.is_virtual = row[7].as<bool>();
    d.cores = row[8].as<int>();
    d.l1d.value = row[9].as<int64_t>();
    d.l2.value = row[10].as<int64_t>();
    d.l3.value = row[11].as<int64_t>();
    d.memory.value = row[12].as<int64_t>();
    devices.push_back(std::move(d));
  }
  return devices;
}

std::vector<StoredSession> read_sessions(pqxx::work& work) {
  std::vector<StoredSession> sessions;
  for (const pqxx::row& row :
       work.exec("SELECT s.id, d.fingerprint, s.started, s.context FROM kernwise.sessions s "
                 "JOIN kernwise.devices d ON d.id = s.device ORDER BY s.id")) {
    sessions.push_back({row[0].as<int64_t>(), row[1].c_str(), row[2].c_str(), row[3].c_str()});
  }
  return sessions;
}

Status visit_records(pqxx::work& work, const MeasurementFilter& filter,
                     const RecordVisitor& visitor) {
  constexpr int kAtOnce = 10000;
  work.exec0(fmt::format(
      "DECLARE kernwise_rows NO SCROLL CURSOR FOR SELECT {} FROM kernwise.measurements{} "
      "ORDER BY id",
      column_list(), where(work, filter)));
  std::string runs;
  for (;;) {
    const pqxx::result some =
        work.exec(fmt::format("FETCH FORWARD {} FROM kernwise_rows", kAtOnce));
    for (const pqxx::row& row : some) {
      KERNWISE_ASSIGN(const RecordView record, view_at(row, runs));
      KERNWISE_TRY(visitor(record));
    }
    if (some.size() < kAtOnce) break;
  }
  work.exec0("CLOSE kernwise_rows");
  return Ok{};
}

namespace {

// COPY knows no conflicts, so the rows first go to a table that only this connection sees.
pqxx::work& with_incoming_table(pqxx::work& work) {
  work.exec0(
      fmt::format("CREATE TEMP TABLE IF NOT EXISTS incoming ON COMMIT DELETE ROWS AS "
                  "SELECT {} FROM kernwise.measurements WITH NO DATA",
                  column_list()));
  return work;
}

}  // namespace

RecordSender::RecordSender(pqxx::work& work)
    : work_(work), stream_(with_incoming_table(work), "incoming", kColumns) {}

void RecordSender::send(const RecordView& given, const Hash128& session_digest, int64_t session) {
  // The digest is of what the server holds, so that it is found again however it came there.
  RecordView r = given;
  std::string reason = storable_text(r.reason);
  r.reason = reason;
  const auto text = [](std::string_view view) { return std::string(view); };
  stream_ << std::make_tuple(
      session, text(r.device), text(r.problem), text(r.primitive), r.revision, r.threads,
      text(r.metric), text(r.protocol), text(r.libraries), static_cast<int>(r.status), reason,
      hex_of(r.runs), fmt::format("{}", r.median_s), fmt::format("{}", r.spread),
      std::string(1, r.grade), r.workspace_bytes, r.packed_bytes,
      fmt::format("{}", r.reference_drift), uuid_text(record_digest(session_digest, r)));
}

int64_t RecordSender::finish() {
  stream_.complete();
  // In the order they came: row numbers tell it.
  const auto inserted = work_.exec(
      fmt::format("INSERT INTO kernwise.measurements ({0}) SELECT {0} FROM incoming ORDER BY ctid "
                  "ON CONFLICT (digest) DO NOTHING",
                  column_list()));
  return static_cast<int64_t>(inserted.affected_rows());
}

int64_t insert_records(pqxx::work& work, std::span<const Measurement> measurements,
                       const Hash128& session_digest, int64_t session) {
  RecordSender sender(work);
  for (const Measurement& m : measurements) {
    const std::string runs = encode_runs(m.runs_s);
    sender.send(kernwise::view_of(m, runs), session_digest, session);
  }
  return sender.finish();
}

}  // namespace kernwise::detail
