// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One-hot codes with products of pairs, for regressions on designs: a constant, the code, and
// kPairScale times the products of the choices at pairs of positions. All pairs where they are few,
// else neighbours, else none. Defined for relaxed choices as well, with derivatives.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "kernwise/fleet/latency_table.h"

namespace kernwise::detail {

class RichCode {
 public:
  RichCode() = default;
  explicit RichCode(const DesignEncoding& encoding);

  std::size_t width() const { return width_; }
  std::size_t choices() const { return first_.back(); }  // of all positions
  // Indices of the entries that are not zero, and their values; of a discrete design.
  void entries(std::span<const uint16_t> design, std::vector<std::pair<int32_t, float>>& to) const;
  // sum over entries of code[entry] * weights[entry * stride + k] for k < columns, and optionally
  // its derivative by each relaxed choice: jacobian[k * choices() + choice].
  void product(std::span<const float> relaxed, const float* weights, std::size_t stride,
               std::size_t columns, float* to, float* jacobian) const;

 private:
  static constexpr float kPairScale = 0.7F;
  std::vector<std::size_t> first_;  // of each position's choices; one more at the end
  std::vector<std::pair<std::size_t, std::size_t>> pairs_;
  std::vector<std::size_t> pair_first_;
  std::size_t width_ = 0;
};

}  // namespace kernwise::detail
