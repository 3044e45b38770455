// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/store/record.h"

#include <bit>
#include <cstring>

#include "runs_blob.h"

namespace kernwise {
namespace {

// Bytes that say the same on every machine: numbers little-endian in eight bytes, texts behind
// their length, so that no two different rows give the same bytes. Part of the PostgreSQL schema:
// what is hashed here stands in its columns `digest`, and cannot change without a migration.
class CanonicalBytes {
 public:
  CanonicalBytes() { bytes_.reserve(512); }  // most records: one allocation
  void add(std::string_view text) {
    add(static_cast<uint64_t>(text.size()));
    bytes_.append(text);
  }
  void add(uint64_t bits) {
    if constexpr (std::endian::native == std::endian::big) bits = __builtin_bswap64(bits);
    char raw[8];
    std::memcpy(raw, &bits, 8);
    bytes_.append(raw, 8);
  }
  void add(int64_t value) { add(static_cast<uint64_t>(value)); }
  void add(int value) { add(static_cast<int64_t>(value)); }
  void add(double value) { add(std::bit_cast<uint64_t>(value)); }
  void add_key(const RecordView& r) {
    add(r.device);
    add(r.problem);
    add(r.primitive);
    add(r.revision);
    add(r.threads);
    add(r.metric);
    add(r.protocol);
    add(r.libraries);
  }
  Hash128 digest() const { return hash128(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace

RecordView view_of(const Measurement& m, std::string_view runs) {
  return {.session = m.session,
          .device = m.key.device,
          .problem = m.key.problem,
          .primitive = m.key.primitive,
          .revision = m.key.revision,
          .threads = m.key.threads,
          .metric = m.key.metric,
          .protocol = m.key.protocol,
          .libraries = m.key.libraries,
          .status = m.status,
          .reason = m.reason,
          .runs = runs,
          .median_s = m.median_s,
          .spread = m.spread,
          .grade = m.grade,
          .workspace_bytes = m.workspace_bytes,
          .packed_bytes = m.packed_bytes,
          .reference_drift = m.reference_drift};
}

Result<Measurement> measurement_of(const RecordView& r) {
  auto runs = detail::decode_runs(r.runs.data(), r.runs.size());
  if (!runs) return invalid_input("is damaged: a measurement holds runs that cannot be");
  Measurement m;
  m.key = {std::string(r.device),
           std::string(r.problem),
           std::string(r.primitive),
           r.revision,
           r.threads,
           std::string(r.metric),
           std::string(r.protocol),
           std::string(r.libraries)};
  m.status = r.status;
  m.reason = r.reason;
  m.runs_s = *std::move(runs);
  m.median_s = r.median_s;
  m.spread = r.spread;
  m.grade = r.grade;
  m.workspace_bytes = r.workspace_bytes;
  m.packed_bytes = r.packed_bytes;
  m.reference_drift = r.reference_drift;
  m.session = r.session;
  return m;
}

Hash128 session_digest(const StoredSession& session) {
  CanonicalBytes bytes;
  bytes.add(std::string_view(session.device));
  bytes.add(std::string_view(session.started));
  bytes.add(std::string_view(session.context));
  return bytes.digest();
}

Hash128 record_digest(const Hash128& session, const RecordView& r) {
  CanonicalBytes bytes;
  bytes.add(session.high);
  bytes.add(session.low);
  bytes.add_key(r);
  bytes.add(static_cast<int>(r.status));
  bytes.add(r.reason);
  bytes.add(r.runs);
  bytes.add(r.median_s);
  bytes.add(r.spread);
  bytes.add(static_cast<int>(r.grade));
  bytes.add(r.workspace_bytes);
  bytes.add(r.packed_bytes);
  bytes.add(r.reference_drift);
  return bytes.digest();
}

Hash128 key_digest(const RecordView& record) {
  CanonicalBytes bytes;
  bytes.add_key(record);
  return bytes.digest();
}

}  // namespace kernwise
