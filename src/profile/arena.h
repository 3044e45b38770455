// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The memory that all measurements of a profile share: one input region, one output region, one
// scratch region, one buffer of random weights, and a spare region to push weights out of the
// caches. Shared on purpose: see protocol.h on why the output buffer should be as warm as reuse.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/graph/layout.h"
#include "kernwise/graph/problem.h"
#include "kernwise/primitives/primitive.h"

namespace kernwise {

class ProfileArena {
 public:
  // Large enough for every problem in every layout, with scratch of `workspace` bytes.
  ProfileArena(const std::vector<Problem>& problems, Bytes workspace, Bytes sweep, uint64_t seed);

  WeightView weights(const Problem& problem) const;

  // Pointers for a run, and how many bytes of activations it touches.
  struct Binding {
    std::vector<const float*> inputs;
    float* output = nullptr;
    std::byte* scratch = nullptr;
    int64_t input_floats = 0;  // contiguous from inputs[0], gaps included
    int64_t output_floats = 0;
  };
  Binding bind(const Problem& problem, Layout in, Layout out);

  // The state a layer finds inside a network: its residual and its input just written.
  void warm(const Binding& binding, bool residual);

  // Reads `bytes` (at most the spare region) of memory that no kernel uses.
  void sweep(int64_t bytes);

 private:
  AlignedBuffer input_, output_, scratch_, weights_, sweep_;
  float sink_ = 0;  // keeps the sweep's reads alive
};

}  // namespace kernwise
