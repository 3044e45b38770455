// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Runs a plan. Weights are packed and memory is laid out once, on creation; run() then executes the
// layers and transforms in order, without allocating.
//
// Inputs and outputs are logical nchw float32, in buffers the executor owns: write input(i), call
// run(), read output(i). Inputs keep their values over runs.
//
// With one number of threads on one machine two runs of one plan give the same bits.
// Thread-safety: one thread at a time per Executor.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/select/plan.h"

namespace kernwise {

// What a run needs, exactly as it is allocated; tables of offsets of a few kilobytes, which some
// kernels hold beside their weights, are not counted.
struct MemoryUse {
  Bytes activations;  // the arena, graph inputs and outputs included
  Bytes workspace;    // shared by all layers
  Bytes weights;      // packed, held by the kernels
  Bytes arena_bound;  // no layout of the arena could be smaller
  Bytes peak() const { return activations + workspace + weights; }
};

// What a step holds while it runs.
struct StepBytes {
  Bytes output;     // the tensor that it makes or writes onto, as large as its layout makes it
  Bytes live;       // all activations alive at that moment, its inputs and output among them
  Bytes workspace;  // that it asks for; MemoryUse::workspace is the most of all steps
  Bytes weights;    // packed, held by its kernel as long as the executor lives
  friend bool operator==(const StepBytes&, const StepBytes&) = default;
};

struct StepInfo {
  bool is_transform = false;
  int layer = -1;    // index into LayerGraph::layers; -1 for a transform
  std::string name;  // layer name, or "value: nchw > nhwc"
  std::string primitive;
  Shape4 shape;  // of the output
  Layout layout = Layout::kNchw;
  StepBytes bytes;
  float step = 1;  // what a step of the output is worth, where its layout is one of int8
};

class Executor {
 public:
  // The plan must belong to this graph (problem strings are compared layer by layer) and every
  // primitive must be known in the revision that was planned. `execution` threads: plan.threads.
  static Result<Executor> create(const LayerGraph& graph, const Plan& plan);

  Executor(Executor&&) noexcept;
  Executor& operator=(Executor&&) noexcept;
  ~Executor();

  std::span<float> input(int index);
  std::span<const float> output(int index) const;

  void run();
  // The same, with each step timed; out has steps().size() entries.
  void run_timed(std::span<double> seconds);
  // The same, calling back after each layer (not transform) with its output, residual applied: in
  // info.layout, so bytes where that is one of int8 (read_tensor() in primitives/reference.h).
  using Observer = std::function<void(const StepInfo&, const float* data)>;
  void run_observed(const Observer& observer);

  const std::vector<StepInfo>& steps() const;
  MemoryUse memory() const;

 private:
  struct State;
  explicit Executor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The memory that the plan's run would take: packed sizes per layer and workspaces per transform
// are given (in the plan's order), the layers' workspaces are in the plan. Equals what
// Executor::memory() says.
Result<MemoryUse> planned_memory(const LayerGraph& graph, const Plan& plan,
                                 std::span<const int64_t> packed_bytes,
                                 std::span<const int64_t> transform_workspaces);

// The steps of that run, in order, as Executor::steps() will say them.
Result<std::vector<StepInfo>> planned_steps(const LayerGraph& graph, const Plan& plan,
                                            std::span<const int64_t> packed_bytes,
                                            std::span<const int64_t> transform_workspaces);

}  // namespace kernwise
