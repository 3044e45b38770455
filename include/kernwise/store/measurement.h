// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One measurement: what was run where and how, every timed run, and what came of it. Refusals and
// failures are measurements too, with their reason, so that a filled store answers "is anything
// left to measure?" without asking the libraries again.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "kernwise/base/units.h"

namespace kernwise {

// Two measurements with equal keys are repetitions of one experiment.
struct MeasurementKey {
  std::string device;     // fingerprint
  std::string problem;    // canonical string, post-operators included
  std::string primitive;  // id
  int revision = 1;       // of the primitive
  int threads = 1;
  std::string metric;     // "time"
  std::string protocol;   // "cold-2": see profile/protocol.h
  std::string libraries;  // library_versions()
  friend auto operator<=>(const MeasurementKey&, const MeasurementKey&) = default;
};

// Beyond this relative drift of the reference problem the runs around it are not taken as truth.
inline constexpr double kMaxReferenceDrift = 0.10;
// Faster than usual is as wrong as slower: either way the machine was not what it is.
bool drifted(double reference_drift);

// Values appear in files. Frozen by a test.
enum class MeasurementStatus : uint8_t { kOk = 0, kRefused = 1, kFailed = 2 };

struct Measurement {
  MeasurementKey key;
  MeasurementStatus status = MeasurementStatus::kOk;
  std::string reason;          // of a refusal or failure
  std::vector<double> runs_s;  // every timed run, in order
  double median_s = 0;
  double spread = 0;  // half width of the median's 95 % interval, relative
  char grade = 'F';   // grade_of(spread), or F when the reference problem drifted
  int64_t workspace_bytes = 0;
  int64_t packed_bytes = 0;
  double reference_drift = 0;  // reference problem against its session median, relative
  int64_t session = 0;         // row of the sessions table: machine context, time
};

}  // namespace kernwise
