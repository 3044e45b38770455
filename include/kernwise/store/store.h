// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Where measurements lie: an SQLite file, or a PostgreSQL database that many machines share.
// Append-only: nothing is ever changed or deleted, a newer measurement of the same key stands
// beside the older. Several processes may append at once; a kill at any moment loses at most the
// batch being written.
// Thread-safety: one Store per thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/device/device.h"
#include "kernwise/store/measurement.h"
#include "kernwise/store/record.h"

namespace kernwise {

enum class StoreMode : uint8_t { kReadWrite, kReadOnly };

// Empty fields match everything.
struct MeasurementFilter {
  std::string device = {};
  std::vector<std::string> problems = {};
  int threads = 0;
  std::string protocol = {};
  std::string libraries = {};
};

// What a merge did. Devices are known by fingerprint, sessions and records by content (record.h).
struct MergeSummary {
  int64_t devices_new = 0, devices_known = 0;
  int64_t sessions_new = 0, sessions_known = 0;
  int64_t records_new = 0, records_known = 0;
};

using RecordVisitor = std::function<Status(const RecordView&)>;

class Store {
 public:
  virtual ~Store() = default;
  // A session groups measurements made in one go on one machine.
  virtual Result<int64_t> begin_session(const Device& device, const MachineContext& context) = 0;
  // All or nothing.
  virtual Status append(std::span<const Measurement> measurements) = 0;
  // In order of insertion.
  virtual Result<std::vector<Measurement>> query(const MeasurementFilter& filter) const = 0;
  // Where it lies, for people: without a password.
  virtual std::string location() const = 0;

  // Each as first seen, in order of insertion.
  virtual Result<std::vector<Device>> devices() const = 0;
  virtual Result<std::vector<StoredSession>> sessions() const = 0;
  // Every row in order of insertion, one at a time: stores are larger than memory should be. Ends
  // early with the visitor's error.
  virtual Status visit(const RecordVisitor& visitor) const = 0;
  // Takes over what `source` has and this store has not; all or nothing. Neither store loses or
  // changes anything, and a second time does nothing. What differs in content stays side by side;
  // of a device that both know, this store's description stays.
  virtual Result<MergeSummary> absorb(const Store& source) = 0;
};

// What --store takes: a PostgreSQL database if the text starts with postgresql:// or postgres://,
// else a file (see docs/formats/store.md).
Result<std::unique_ptr<Store>> open_store(const std::string& location, StoreMode mode);
bool is_database_location(std::string_view location);
// The location without the password that it may hold, for people and results.
std::string shown_location(const std::string& location);

// SQLite file; created with its folder in kReadWrite mode. A file that is no kernwise store, or is
// of a newer schema, is kInvalidInput; an unwritable one names the path and `--store`.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& path, StoreMode mode);

// PostgreSQL 12 or newer, libpq's connection URI. The tables lie in the schema "kernwise", which
// kReadWrite creates or brings up to date. A server that cannot be reached, refuses, or holds a
// newer schema is kInvalidInput; kUnsupported in a build without libpqxx. A connection that breaks
// later is made again for half a minute; no batch is stored twice by that.
Result<std::unique_ptr<Store>> open_postgres_store(const std::string& location, StoreMode mode);

// $XDG_DATA_HOME/kernwise/measurements.db, else ~/.local/share/kernwise/measurements.db.
std::filesystem::path default_store_path();

// Repetitions of one key joined to one measurement, sorted by key:
//  - of those that succeeded, if any did; else the latest refusal or failure;
//  - F-graded ones only if there is nothing better; but a few runs (under 6) without drift of the
//    reference problem are an early-written piece and count, whatever grade so few runs got;
//  - runs concatenated in order; the spread and the grade are theirs;
//  - the median of the sessions' medians (pieces of one session: of their runs together), so that
//    a long session does not outvote a short one;
//  - sizes and session of the latest, the drift that was worst.
std::vector<Measurement> combine_repetitions(std::vector<Measurement> measurements);

// The combined repetitions of `problems` (canonical; empty: all) under the key's device, number of
// threads, protocol and libraries.
Result<std::vector<Measurement>> combined_measurements(const Store& store,
                                                       const MeasurementKey& key,
                                                       std::vector<std::string> problems);

}  // namespace kernwise
