// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Everything learnt about one device with one number of threads: a performance model for each kind
// of problem that was measured. This is what `fit` and `transfer` write, what `plan --costs
// predicted` reads, and what lies in models/. Outputs are named as output_name() does.
//
// The file (docs/formats/model.md) is data only. Thread-safety: a plain value; const use is safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/graph/problem.h"
#include "kernwise/learn/model.h"
#include "kernwise/learn/training_data.h"
#include "kernwise/learn/transfer.h"
#include "kernwise/store/measurement.h"

namespace kernwise {

struct DeviceModelCard {
  std::string device;  // fingerprint
  std::string label;   // "Intel(R) Xeon(R) (avx2, virtual)"
  std::string isa;     // "avx2": nearness is judged by it, then by cores
  int cores = 1;
  int threads = 1;
  int trained_threads = 1;  // of the device that it was trained on: what its features state
  std::string protocol;     // of the measurements: "cold-2"
  std::string libraries;    // library_versions() where it was measured
  std::string created;      // UTC, ISO 8601
  std::string build;        // kernwise version
  std::string source;       // label of the model that this one was transferred from; "" if none
  std::string resource = "cpu";  // of the device: "cpu", "opencl:0", "cuda:0"
  friend bool operator==(const DeviceModelCard&, const DeviceModelCard&) = default;
};

struct DeviceModel {
  DeviceModelCard card;
  std::map<ProblemKind, PerformanceModel> models;

  std::string to_bytes() const;
  static Result<DeviceModel> from_bytes(std::string_view bytes);
  Status save(const std::filesystem::path& path) const;
  static Result<DeviceModel> load(const std::filesystem::path& path);
};

struct FitReport {
  ProblemKind kind = ProblemKind::kConv;
  int64_t problems = 0, measurements = 0;
  int outputs = 0;
  // By cross-validation; fields are zero where there was one group only.
  int64_t held_out = 0;
  double mdrae = 0, regret_total = 0, coverage = 0;
};
struct DeviceFit {
  DeviceModel model;
  std::vector<FitReport> reports;
};

// Trained on all problems of a kind; intervals, winners' factor and the card's errors come from
// five-fold cross-validation, variants of a layer kept together. The reported coverage is that of
// each fold by intervals of the other four.
// kInvalidInput without any measurement.
Result<DeviceFit> fit_device_model(const std::vector<Measurement>& measurements,
                                   const DeviceModelCard& card, RegressorKind kind, uint64_t seed);

struct TransferReport {
  ProblemKind kind = ProblemKind::kConv;
  int64_t samples = 0, measurements = 0;
  // Median of |predicted - measured| / measured, cross-validated; NaN where it is not known.
  double expected_error = 0;
};
struct DeviceTransfer {
  DeviceModel model;
  std::vector<TransferReport> reports;  // kinds with samples
};

// Carries a model to the device of `measurements` (combined repetitions). Kinds that were not
// measured get the median factor of all that were. `families`: of a primitive by its id, for
// transfer() ("winograd"). kInvalidInput without measurements, or if `source` was transferred.
Result<DeviceTransfer> transfer_device_model(const DeviceModel& source,
                                             const std::vector<Measurement>& measurements,
                                             const DeviceModelCard& target,
                                             const std::map<std::string, std::string>& families,
                                             TransferMethod method, uint64_t seed);

// The model of `models` whose device is most like (isa, threads, cores): same instruction set, then
// same number of threads, then the nearest number of cores. -1 if there is none at all.
int nearest_model(const std::vector<DeviceModelCard>& models, const std::string& isa, int threads,
                  int cores);

}  // namespace kernwise
