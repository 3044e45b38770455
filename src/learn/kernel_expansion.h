// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// f(z) = linear part + sum over kept points of k(z, point) * coefficient, for every output.
// The points that carry coefficients for the same outputs lie in one block, so that zeros are
// neither stored nor multiplied: a primitive for 1x1 kernels has nothing to say at 3x3 points.
#pragma once

#include <cstdint>
#include <vector>

#include "kernwise/learn/regressor.h"

namespace kernwise::detail {

class KernelExpansion {
 public:
  // What a distance is made of: input `index`, multiplied by `reach`.
  struct Axis {
    int64_t index = 0;
    float reach = 1;
  };

  // points: n x inputs (standardised); coefficients: n x outputs, exact zeros are left out;
  // linear: (1 + inputs) x outputs, the constant first.
  KernelExpansion(int64_t inputs, int64_t outputs, std::vector<Axis> axes,
                  const std::vector<float>& points, const std::vector<float>& coefficients,
                  std::vector<float> linear);

  int64_t inputs() const { return inputs_; }
  int64_t outputs() const { return outputs_; }
  int64_t points() const { return points_; }
  int64_t scratch_floats() const { return stride_ + static_cast<int64_t>(axes_.size()); }
  int64_t parameters() const;

  // to = f(z), for the outputs with wanted[output] != 0, or all if it is null; what stands in `to`
  // for the others afterwards means nothing.
  void evaluate(const float* z, float* to, float* scratch, const uint8_t* wanted = nullptr) const;

  RegressorState state() const;  // of kind kKernel
  static Result<KernelExpansion> restore(const RegressorState& state);

 private:
  struct Block {
    int64_t first = 0, rows = 0;  // points
    std::vector<int64_t> outputs;
    int64_t at = 0;  // in coefficients_: outputs.size() rows of block_stride(rows)
  };
  KernelExpansion() = default;

  int64_t inputs_ = 0, outputs_ = 0, points_ = 0, stride_ = 0;
  std::vector<Axis> axes_;
  std::vector<float> along_;  // axes x stride_: points, scaled by reach
  std::vector<Block> blocks_;
  std::vector<float> coefficients_;
  std::vector<float> linear_;
};

// Rows as the distance sees them: axes x stride, stride >= n.
std::vector<float> along_axes(const std::vector<float>& z, int64_t n, int64_t inputs,
                              const std::vector<KernelExpansion::Axis>& axes, int64_t stride);

// All kernel values between n points, n x n.
std::vector<double> gram(const std::vector<float>& z, int64_t n, int64_t inputs,
                         const std::vector<KernelExpansion::Axis>& axes);

}  // namespace kernwise::detail
