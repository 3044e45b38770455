// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Runs a placed program on this machine. Preparing allocates every tensor in every memory where it
// will lie, and prepares the kernels; running copies and computes, one thing after another, and
// allocates nothing. The copies of one run are those of the placement.
// Thread-safety: one run at a time for each executor; executors do not know of each other.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/base/units.h"
#include "kernwise/place/placement.h"
#include "kernwise/place/program.h"

namespace kernwise {

// Values of the inputs, per tensor of the program; empty for tensors that are computed.
using ProgramInputs = std::vector<std::vector<float>>;
// Uniform in [-1, 1).
ProgramInputs random_inputs(const Program& program, Rng& rng);

// What a program computes, in float64, by the reference of each kernel. Per tensor; inputs and what
// is no output stay empty.
std::vector<std::vector<double>> reference_outputs(const Program& program,
                                                   const ProgramInputs& inputs);

class ProgramExecutor {
 public:
  // kUnsupported if a resource is not there, a primitive refuses its problem, or the tensors of
  // this placement take more than `memory`.
  static Result<ProgramExecutor> prepare(const Program& program, const PlaceTable& table,
                                         const Placement& placement, Bytes memory);
  ~ProgramExecutor();
  ProgramExecutor(ProgramExecutor&&) noexcept;
  ProgramExecutor& operator=(ProgramExecutor&&) noexcept;

  // Copies to the host's memory; not part of a run.
  void set_inputs(const ProgramInputs& inputs);
  // From inputs on the host to outputs on the host.
  Status run();
  // Of an output tensor, after run().
  std::span<const float> output(int tensor) const;
  Bytes memory() const;  // of tensors and scratch, all resources together

 private:
  struct State;
  explicit ProgramExecutor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace kernwise
