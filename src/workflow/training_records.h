// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How steps lie in the store. A step is the problem "step:HASH:p0.3:n8", HASH of the network's
// file, its primitive "torch-adam"; a layer inside of a step is its own problem with the primitive
// "torch-forward" or "torch-backward" (of a BatchNormalization, which has the problem of a scale:
// "torch-batch-norm-forward"). The metric says the unit: "time" and "update-time" are in seconds,
// "allocated-bytes", "reserved-bytes" and "process-bytes" in bytes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "kernwise/footprint/step_device.h"
#include "kernwise/store/store.h"

namespace kernwise::detail {

inline constexpr const char* kTrainingProtocol = "torch-step-1";

class TrainingRecords {
 public:
  // `key`: device, threads and libraries.
  TrainingRecords(MeasurementKey key, std::vector<Measurement> combined);

  // What is known of a step; none if it was not measured.
  struct Known {
    StepStatus status = StepStatus::kOk;
    std::string reason;
    double median_s = 0, spread = 0, update_s = 0;
    int64_t allocated_bytes = 0, reserved_bytes = 0, process_bytes = 0;
  };
  std::optional<Known> find(const std::string& network, const StepOptions& step) const;
  // The layers' times as they are known, whichever network they were measured in.
  TimedStep timed(const std::string& network, const StepOptions& step, const LayerGraph& graph,
                  const Known& known) const;

  std::vector<Measurement> measurements(const std::string& network, const StepOptions& step,
                                        const LayerGraph& graph, const TrainingOutcome& outcome,
                                        int64_t session) const;

 private:
  using Name = std::tuple<std::string, std::string, std::string>;  // problem, primitive, metric
  const Measurement* look_up(const std::string& problem, const std::string& primitive,
                             const std::string& metric) const;

  MeasurementKey key_;
  std::map<Name, Measurement> known_;
};

}  // namespace kernwise::detail
