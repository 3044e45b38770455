// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What predictions of a step need to know of a device, as a file (docs/formats/step-device.md): how
// its kernels take workspace, what the process holds besides tensors, and how fast its operators
// are. 'kernwise profile --training' makes one. Thread-safety: plain values.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/footprint/latency_model.h"
#include "kernwise/footprint/step_memory.h"

namespace kernwise {

// y = base + share * x, with what lies around it: logarithms of measured over predicted, the
// extremes of networks held out. Calibrated from three networks on; before, at least a tenth is
// assumed.
struct AroundAllocated {
  double base_bytes = 0, share = 1;
  double error_low = 0, error_high = 0;
  bool calibrated = false;
  friend bool operator==(const AroundAllocated&, const AroundAllocated&) = default;
};

struct StepDevice {
  std::string name;     // fingerprint, or what its owner calls it
  std::string library;  // "libtorch 1.13.0"
  int threads = 1;
  KernelRules rules;
  // Measured allocated peaks over those played through: 1 where the rules are exact.
  double allocated_low = 0, allocated_high = 0;   // logarithms
  bool allocated_calibrated = false;              // seen, not assumed
  std::array<bool, kOperatorClasses> ran = {};    // the operators of the steps that were seen
  std::optional<AroundAllocated> reserved, used;  // of the allocated peak
  std::optional<LatencyModel> latency;
  int64_t steps = 0, networks = 0;  // that it was learned from
};

// The rules alone, for a processor with vectors of so many floats.
StepDevice plain_step_device(int64_t vector_floats, int threads);

Result<StepDevice> parse_step_device(std::string_view text);
std::string to_json_text(const StepDevice& device);
Result<StepDevice> read_step_device(const std::filesystem::path& path);
Status write_step_device(const StepDevice& device, const std::filesystem::path& path);

// One step that was run: what was predicted of it and what it took.
struct StepRecord {
  TimedStep timed;
  int64_t predicted_bytes = 0, allocated_bytes = 0, reserved_bytes = 0, used_bytes = 0;
  // It asked for more than allocated_bytes and was refused. That is all that is known of it.
  bool ran_out = false;
  // Its time was too noisy to learn from; its memory is not.
  bool unsteady = false;
};
// From 30 steps of three networks on, the interval of allocated memory is that of their errors and
// half as much again, at least 0.1 %, for networks of operators that were among them; until then,
// and for other networks, it is `plain`'s, widened. Nothing of the rules is learned, so these
// errors are those of networks never seen. Steps that ran out raise what allocated memory may be
// where less had been predicted, and say nothing else. kInvalidInput without records.
Result<StepDevice> learn_step_device(StepDevice plain, const std::vector<StepRecord>& records,
                                     Rng& rng);
// From a device that is known, with a few steps on this one (LatencyModel::transfer); of memory
// besides tensors the base is learned anew, its share stays. kInvalidInput without records.
Result<StepDevice> transfer_step_device(const StepDevice& source, StepDevice plain,
                                        const std::vector<StepRecord>& records, Rng& rng);

}  // namespace kernwise
