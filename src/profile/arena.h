// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The memory, on one resource, that all measurements of a profile share: one input region, one
// output region, one scratch region, one buffer of random weights, and a spare region to push
// weights out of the caches. Shared on purpose: see protocol.h on why the output buffer should be
// as warm as reuse makes it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/graph/layout.h"
#include "kernwise/graph/problem.h"
#include "kernwise/primitives/primitive.h"
#include "kernwise/primitives/resource.h"

namespace kernwise {

class ProfileArena {
 public:
  // Large enough for every problem in every layout that its kernels know, with scratch of
  // `workspace` bytes. Fails only for lack of memory on another resource than "cpu". Weights, and
  // the region that is swept, are always the processor's.
  static Result<std::unique_ptr<ProfileArena>> make(const Resource& resource,
                                                    const std::vector<Problem>& problems,
                                                    Bytes workspace, Bytes sweep, uint64_t seed);

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

  // The state a layer finds inside a network: its residual and its input just written. For "cpu";
  // on a device there is nothing to do, since only kernels reach its caches.
  void warm(const Binding& binding, bool residual);

  // Reads `bytes` (at most the spare region) of memory that no kernel uses.
  void sweep(int64_t bytes);

 private:
  ProfileArena() = default;

  bool on_cpu_ = true;
  ResourceMemory input_, output_, scratch_;
  AlignedBuffer weights_, sweep_;
  float sink_ = 0;  // keeps the sweep's reads alive
};

}  // namespace kernwise
