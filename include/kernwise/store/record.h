// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What makes two rows of two stores the same. Row numbers mean nothing elsewhere, so sessions and
// records are known by their content: a session by its device, start and context, a record by its
// session and every one of its fields, timed runs bit by bit. The same record twice says nothing
// more than once. Two processes on equal machines that begin in the same second under the same load
// have one session by this rule; their runs differ, so no record is lost by it.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kernwise/base/hash.h"
#include "kernwise/base/result.h"
#include "kernwise/store/measurement.h"

namespace kernwise {

struct StoredSession {
  int64_t id = 0;
  std::string device;   // fingerprint
  std::string started;  // UTC, ISO 8601
  std::string context;  // JSON (docs/formats/store.md)
};

// A row as it lies in a store, without a copy of its texts: they live as long as whoever shows it
// says. Fields as in Measurement.
struct RecordView {
  int64_t session = 0;
  std::string_view device, problem, primitive;
  int revision = 1;
  int threads = 1;
  std::string_view metric, protocol, libraries;
  MeasurementStatus status = MeasurementStatus::kOk;
  std::string_view reason;
  std::string_view runs;  // IEEE 754 doubles, little-endian, 8 bytes each
  double median_s = 0;
  double spread = 0;
  char grade = 'F';
  int64_t workspace_bytes = 0;
  int64_t packed_bytes = 0;
  double reference_drift = 0;
};

// `runs` must outlive the view, as must the measurement.
RecordView view_of(const Measurement& m, std::string_view runs);
// kInvalidInput if the runs are no whole number of finite doubles.
Result<Measurement> measurement_of(const RecordView& record);

Hash128 session_digest(const StoredSession& session);
Hash128 record_digest(const Hash128& session, const RecordView& record);
// Of the key alone: equal for repetitions of one experiment.
Hash128 key_digest(const RecordView& record);

}  // namespace kernwise
