// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Where measurements lie. Append-only: nothing is ever changed or deleted, a newer measurement of
// the same key stands beside the older. Several processes may append at once; a kill at any moment
// loses at most the batch being written.
// Thread-safety: one Store per thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/device/device.h"
#include "kernwise/store/measurement.h"

namespace kernwise {

enum class StoreMode : uint8_t { kReadWrite, kReadOnly };

// Empty fields match everything.
struct MeasurementFilter {
  std::string device;
  std::vector<std::string> problems;
  int threads = 0;
  std::string protocol;
  std::string libraries;
};

class Store {
 public:
  virtual ~Store() = default;
  // A session groups measurements made in one go on one machine.
  virtual Result<int64_t> begin_session(const Device& device, const MachineContext& context) = 0;
  // All or nothing.
  virtual Status append(std::span<const Measurement> measurements) = 0;
  // In order of insertion.
  virtual Result<std::vector<Measurement>> query(const MeasurementFilter& filter) const = 0;
  virtual std::string location() const = 0;
};

// SQLite file; created with its folder in kReadWrite mode. A file that is no kernwise store, or is
// of a newer schema, is kInvalidInput; an unwritable one names the path and `--store`.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& path, StoreMode mode);

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
