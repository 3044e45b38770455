// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What a training step is asked to be, and what came of it when it was run for real: the one line
// of JSON that goes into kernwise-torch and the one that comes out (docs/formats/torch-worker.md).
// One process runs one job, so that peaks of the process belong to it alone.
// Thread-safety: plain values, pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"

namespace kernwise {

// Names appear in files and on the command line. Frozen by a test.
enum class Optimizer : uint8_t { kSgd = 0, kMomentum = 1, kAdam = 2, kAdamW = 3 };
std::string_view to_string(Optimizer optimizer);  // "sgd", "momentum", "adam", "adamw"
Result<Optimizer> parse_optimizer(std::string_view name);
// Tensors of the size of all parameters that it keeps from step to step: 0, 1, 2, 2.
int64_t state_tensors(Optimizer optimizer);

// Everything about a step that is not the network. Gradients are set to none before each step.
struct StepOptions {
  int64_t batch = 1;
  bool inference = false;  // forward only, without gradients, BatchNormalization as trained
  Optimizer optimizer = Optimizer::kSgd;
  double weight_decay = 0;
  int threads = 1;
  friend bool operator==(const StepOptions&, const StepOptions&) = default;
};

// Where it runs. Names appear in files.
enum class TrainingDevice : uint8_t { kCpu = 0, kCuda = 1 };
std::string_view to_string(TrainingDevice device);  // "cpu", "cuda"

struct TrainingJob {
  std::string network;  // an ONNX file; its first dimension is replaced by the batch
  StepOptions step;
  TrainingDevice device = TrainingDevice::kCpu;
  double learning_rate = 0.01;
  int warmup = 1;           // steps that are not timed
  int steps = 5;            // steps that are
  int64_t limit_bytes = 0;  // of allocated memory; 0: none
  int64_t seed = 1;         // of dummy data
  std::string data;         // a file of float32, all inputs one after the other; "": dummy data
  std::string labels;       // a file of int64, one class for each image; "": dummy labels
  bool trace = false;       // what each operator allocates, to standard error
  bool time_layers = false;  // on the processor only
};

// Values appear in files. Frozen by a test.
enum class StepStatus : uint8_t { kOk = 0, kOutOfMemory = 1, kRefused = 2, kFailed = 3 };
std::string_view to_string(StepStatus status);  // "ok", "out-of-memory", "refused", "failed"

struct PhaseFigures {
  int64_t forward_bytes = 0, backward_bytes = 0, update_bytes = 0;  // allocated peaks
  double forward_s = 0, backward_s = 0, update_s = 0;               // medians
};

// Of one layer of the unfolded graph: medians over the timed steps.
struct LayerTimes {
  std::string layer;
  double forward_s = 0, backward_s = 0;
};

struct TrainingOutcome {
  StepStatus status = StepStatus::kFailed;
  std::string reason;                // unless kOk
  int64_t allocated_peak_bytes = 0;  // of tensors, exact
  int64_t reserved_peak_bytes = 0;   // what the allocator below held from the system for them
  int64_t process_peak_bytes = 0;    // resident, of the process
  int64_t process_idle_bytes = 0;    // resident, before the network was read
  int64_t parameter_bytes = 0;
  PhaseFigures phases;
  std::vector<double> steps_s;  // every timed step
  double median_s = 0;
  double spread = 0;               // half width of the median's 95 % interval, relative
  double loss = 0;                 // of the last step
  std::vector<LayerTimes> layers;  // if the job asked for them
  std::string library;             // "libtorch 1.13.1"
  std::string capability;          // "AVX2": what its kernels use
};

std::string to_json_line(const TrainingJob& job);  // without the line end
std::string to_json_line(const TrainingOutcome& outcome);
// The text is untrusted. kInvalidInput on a wrong schema, a missing or unknown key, a wrong type or
// a number out of range.
Result<TrainingJob> parse_training_job(std::string_view line);
Result<TrainingOutcome> parse_training_outcome(std::string_view line);

}  // namespace kernwise
