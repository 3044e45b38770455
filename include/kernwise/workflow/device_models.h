// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise fit` and `kernwise transfer`: models of devices from the measurements in a store.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/learn/device_model.h"

namespace kernwise {

struct FitRequest {
  std::filesystem::path store;  // empty: default_store_path()
  int threads = 1;
  bool warm_weights = false;     // which protocol's measurements
  std::string device;            // fingerprint; empty: this device
  std::string resource = "cpu";  // of it; models of others than "cpu" have one thread
  RegressorKind kind = RegressorKind::kKernel;
  uint64_t seed = 1;
};

// kInvalidInput if the store holds no measurement of the device with these threads.
Result<DeviceFit> fit_model(const FitRequest& request);

struct TransferRequest {
  std::filesystem::path source;  // empty: the shipped model that is nearest to this device
  std::filesystem::path store;   // where the samples go; those that are there already count
  std::vector<std::filesystem::path> networks;  // the samples are drawn from their problems;
  OnnxOptions onnx;                             // without any, from problems like those of networks
  int threads = 1;
  bool warm_weights = false;
  int samples = 25;  // problems to measure; 0: as many as `probe` allows
  Seconds probe{0};  // time for it; 0: as long as `samples` takes
  TransferMethod method = kDefaultTransfer;
  uint64_t seed = 1;
};

struct TransferOutcome {
  DeviceTransfer transfer;
  std::string source;        // file
  std::string source_label;  // device it was made on
  TransferMethod method = kDefaultTransfer;
  int samples = 0;           // problems measured, or found measured
  int64_t measurements = 0;  // of their primitives
  double spent_s = 0;        // in this call
};

// Measures the problems that tell most about all candidates (learn/transfer.h), then carries the
// model. An interrupted transfer goes on from what the store holds.
Result<TransferOutcome> transfer_model(const TransferRequest& request, Progress& progress,
                                       const StopFlag& stop);

}  // namespace kernwise
