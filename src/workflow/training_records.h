// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How steps lie in the store. A step is the problem "step:HASH:p0.3:n8", HASH of the network's
// file, its primitive "torch-adam"; under a memory limit the problem ends in ":mBYTES", because
// running out then is no property of the step. A layer inside of a step is its own problem with the
// primitive "torch-forward" or "torch-backward" (of a BatchNormalization, which has the problem of
// a scale: "torch-batch-norm-forward"), in the session of the step: one session for each job. The
// metric says the unit: "time" and "update-time" are in seconds, "allocated-bytes",
// "reserved-bytes" and "process-bytes" in bytes.
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
  // `key`: device, threads and libraries; `limit_bytes`: of allocated memory, 0: none; `stored`:
  // what a store has of that key, in order of insertion.
  TrainingRecords(MeasurementKey key, int64_t limit_bytes, std::vector<Measurement> stored);

  // What is known of a step; none if it was not measured.
  struct Known {
    StepStatus status = StepStatus::kOk;
    std::string reason;
    double median_s = 0, spread = 0, update_s = 0;
    int64_t allocated_bytes = 0, reserved_bytes = 0, process_bytes = 0;
    int64_t session = 0;  // the latest, if the step was run several times
  };
  std::optional<Known> find(const std::string& network, const StepOptions& step) const;
  // With the times of its layers inside of that very step.
  TimedStep timed(const std::string& network, const StepOptions& step, const LayerGraph& graph,
                  const Known& known) const;

  // In no session yet. kInvalidInput if the layers of the outcome are others than the graph's.
  Result<std::vector<Measurement>> measurements(const std::string& network, const StepOptions& step,
                                                const LayerGraph& graph,
                                                const TrainingOutcome& outcome) const;

 private:
  using Name = std::tuple<std::string, std::string, std::string>;   // problem, primitive, metric
  using LayerName = std::tuple<int64_t, std::string, std::string>;  // session, problem, primitive
  std::string step_problem(const std::string& network, const StepOptions& step) const;
  const Measurement* look_up(const std::string& problem, const std::string& primitive,
                             const std::string& metric) const;

  MeasurementKey key_;
  int64_t limit_bytes_ = 0;
  std::map<Name, Measurement> steps_;
  std::map<LayerName, double> layer_s_;
};

}  // namespace kernwise::detail
