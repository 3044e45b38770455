// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The covariances between designs that a device prior is mixed from. Each is built from what the
// known devices say and from the encoding, and scaled so that the designs of the table vary by 1
// under it. Thread-safety: const after construction.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "design_kernels.h"
#include "source_smoother.h"

namespace kernwise::detail {

// With w_{p,c} the additive part (main effects) of the mean of the known devices, x a design:
enum class Block {
  kDevices,    // products of the known devices' smoothed costs, averaged over the devices
  kFlat,       // the same with the square roots of its eigenvalues: minor differences count more
  kMean,       // the mean of the known devices alone: a target that is like them all
  kResidual,   // products of what the smoothing left over: structure that the encoding cannot say
  kKinds,      // each kind of choice costs another factor: sum_c (sum_{p: x_p = c} w_{p,c})(same y)
  kPlaces,     // each position costs another factor: sum_p w_{p,x_p} w_{p,y_p}
  kModulated,  // each weight has its own factor (AdaProxy's idea): sum_{p: x_p = y_p} w^2
  kOneHot,     // any additive function: number of equal choices
  kSmooth,     // any smooth function of the counts of choices
  kRich,       // any function of pairs of choices
};
inline constexpr std::size_t kBasicBlocks = 10;
// Each of them again, at what is left of a design without what is cut off (LatencyTable::pruned): a
// target may leave out work that known devices do. Empty where the table does not say.
inline constexpr std::size_t kBlocks = 2 * kBasicBlocks;
inline constexpr bool is_pruned(Block block) {
  return static_cast<std::size_t>(block) >= kBasicBlocks;
}
inline constexpr Block basic(Block block) {
  return static_cast<Block>(static_cast<std::size_t>(block) % kBasicBlocks);
}
using BlockWeights = std::array<double, kBlocks>;

class PriorBasis {
 public:
  // `columns` are the known devices to use, as columns of `sources`.
  PriorBasis(const DesignKernels& kernels, const SmoothedSources& sources,
             std::span<const std::size_t> columns);

  Matrix gram(Block block, Rows a, Rows b) const;
  // Diagonal of gram(block, rows, rows).
  Vector diagonal(Block block, Rows rows) const;
  // Blocks that say nothing (one device has no residual worth using) are never varied.
  bool empty(Block block) const { return scale_[static_cast<std::size_t>(block)] == 0; }

 private:
  std::vector<std::size_t> pruned(Rows rows) const;
  Matrix features(Block block, Rows rows) const;
  Matrix raw_gram(Block block, Rows a, Rows b) const;
  void fit_main_effects(const Vector& mean);

  const DesignKernels* kernels_;
  Matrix fitted_, residual_;         // rows x devices
  Matrix flat_;                      // devices x factors
  Vector mean_;                      // of fitted_, per row
  std::vector<std::size_t> offset_;  // of each position in effects_
  Vector effects_;
  std::array<double, kBlocks> scale_{};
};

}  // namespace kernwise::detail
