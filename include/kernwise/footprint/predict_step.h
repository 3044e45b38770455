// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// "Will it train here?": memory and time of a step on a device, with intervals, and the largest
// batch that fits. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "kernwise/base/result.h"
#include "kernwise/footprint/step_device.h"

namespace kernwise {

// `calibrated`: the bounds are those of errors that were seen on this device, of networks held out
// (memory: the extremes; time: 90 %, LatencyEstimate). Otherwise they are assumed in part.
struct Interval {
  double median = 0, low = 0, high = 0;
  bool calibrated = false;
};
inline constexpr double kStepCoverage = 0.9;  // of a calibrated interval of time

struct StepPrediction {
  StepMemory memory;
  Interval allocated_bytes;
  // What the allocator holds from the system, and what the process takes: of devices that were
  // learned from measured steps.
  std::optional<Interval> reserved_bytes, used_bytes;
  std::optional<LatencyEstimate> latency;
};

StepPrediction predict_step(const LayerGraph& graph, const StepOptions& step,
                            const StepDevice& device);

// What the limit is about.
enum class MemoryTarget : uint8_t { kAllocated = 0, kReserved = 1, kUsed = 2 };

struct StepLimits {
  Bytes memory{0};  // 0: none
  Seconds step{0};  // 0: none
  MemoryTarget target = MemoryTarget::kAllocated;
};

// By the upper ends of the intervals. kUnsupported if the device says nothing of what is limited,
// or never timed a part of the step whose time is limited: the sum of the rest says nothing of it.
Result<bool> fits(const StepPrediction& prediction, const StepLimits& limits);

// The largest batch in [1, most] that fits; 0 if none does. Memory and time grow with the batch.
Result<int64_t> largest_batch(const Network& network, const StepOptions& step,
                              const StepDevice& device, const StepLimits& limits, int64_t most,
                              Bytes max_model_memory);

}  // namespace kernwise
