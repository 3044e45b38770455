// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The memory of a training or inference step, from the graph alone. The step is played through,
// tensor by tensor, as libtorch would run the unfolded network eagerly: what each operator makes,
// what it keeps for its backward pass, and when autograd lets go of it (Paszke et al. 2019, section
// 4). The peak is the highest moment of the three phases, never a sum of them.
//
//   persistent   parameters, running statistics, the batch, the optimizer's state
//   forward      + saved activations, and what the running operator works with
//   backward     + gradients of activations; saved ones go as their operator is done
//   update       gradients of all parameters, and what the optimizer works with
//
// What the allocator hands out beyond tensors' sizes, and what the process holds besides, differs
// from device to device and is no part of this. Thread-safety: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/footprint/training_job.h"
#include "kernwise/graph/layer_graph.h"

namespace kernwise {

// What memory is held for. Names appear in files; frozen by a test.
enum class TensorClass : uint8_t {
  kParameters = 0,   // and running statistics
  kGradients = 1,    // of parameters
  kState = 2,        // of the optimizer
  kBatch = 3,        // images and labels
  kActivations = 4,  // results of layers, kept or in use, and what operators save beside them
  kActivationGradients = 5,
  kWorkspace = 6,  // what one operator takes while it runs
};
inline constexpr std::size_t kTensorClasses = 7;
std::string_view to_string(TensorClass tensor_class);  // "parameters", "gradients", ...
using ClassBytes = std::array<int64_t, kTensorClasses>;

// How the framework's kernels take workspace; differs between processors.
struct KernelRules {
  int64_t vector_floats = 16;  // channels are blocked by so many (AVX-512: 16, AVX2: 8)
  friend bool operator==(const KernelRules&, const KernelRules&) = default;
};

struct PhaseMemory {
  int64_t peak_bytes = 0;
  ClassBytes classes = {};  // at that moment; they add up to the peak
  std::string layer;        // whose operator ran then; "" before the first
};

struct HeldBytes {
  std::string layer;
  int64_t bytes = 0;
};

struct StepMemory {
  PhaseMemory forward, backward, update;  // inference: forward only
  int64_t parameter_bytes = 0;            // learned ones
  // Layers whose activations (with what was saved beside them) are held at the peak, largest first.
  std::vector<HeldBytes> holders;

  const PhaseMemory& peak() const;
  int64_t peak_bytes() const { return peak().peak_bytes; }
};

// Of the parameters of one layer that are learned: their size, and how many tensors they are.
int64_t learned_bytes(const Layer& layer);
int64_t learned_tensors(const Layer& layer);

// `graph` is lowered with every option of LoweringOptions off, and its batch is step.batch.
StepMemory step_memory(const LayerGraph& graph, const StepOptions& step, const KernelRules& rules);

// Reads nothing: gives the network another batch and lowers it unfolded.
Result<LayerGraph> unfolded_graph(const Network& network, int64_t batch, Bytes max_model_memory);

}  // namespace kernwise
