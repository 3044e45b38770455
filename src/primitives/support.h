// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the kernels of our own primitives have in common: packed parameters in one block of memory,
// a fixed workspace, checks of the weights they are given.
#pragma once

#include <memory>
#include <new>
#include <string>
#include <utility>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/primitives/primitive.h"

namespace kernwise::detail {

// A kernel whose parameters lie in one buffer and whose workspace is known at preparation.
class OwnKernel : public Kernel {
 public:
  OwnKernel(AlignedBuffer parameters, Bytes workspace)
      : parameters_(std::move(parameters)), workspace_(workspace) {}
  Bytes workspace() const override { return workspace_; }
  Bytes packed_weights() const override { return parameters_.size(); }
  std::span<const std::byte> packed_data() const override {
    return {parameters_.data(), static_cast<size_t>(parameters_.size().value)};
  }

 protected:
  const float* parameters() const { return parameters_.floats(); }

 private:
  AlignedBuffer parameters_;
  Bytes workspace_;
};

// An error unless the spans have the sizes that the problem says.
Status check_weights(const Problem& problem, const WeightView& weights);

// Writes the zeros of the last, incomplete block of channels; nothing in layouts without blocks.
void zero_channel_padding(const Shape4& shape, Layout layout, float* data);

inline Bytes float_bytes(int64_t count) { return {count * int64_t{sizeof(float)}}; }

// The common shape of prepare(): refuses what supports() refuses, checks the weights, and turns
// lack of memory into an error. `build` returns a std::unique_ptr<Kernel>.
template <typename Build>
Result<std::unique_ptr<Kernel>> prepare_own(const Primitive& primitive, const Problem& problem,
                                            const WeightView& weights, const Execution& execution,
                                            Build build) {
  const Applicability applicability = primitive.supports(problem, execution);
  if (const auto* refused = std::get_if<Refused>(&applicability))
    return unsupported(primitive.info().id + " cannot compute " + to_string(problem) + ": " +
                       refused->reason);
  KERNWISE_TRY(check_weights(problem, weights));
  try {
    return std::unique_ptr<Kernel>(build());
  } catch (const std::bad_alloc&) {
    return unsupported(
        "not enough memory for the weights of " + to_string(problem) + " in " + primitive.info().id,
        "free memory or choose a primitive with smaller weights");
  }
}

}  // namespace kernwise::detail
