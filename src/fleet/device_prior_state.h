// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What a device prior has learnt. Thread-safety: immutable after learning.
#pragma once

#include <memory>
#include <vector>

#include "kernwise/fleet/device_prior.h"
#include "mixture.h"

namespace kernwise {

struct DevicePrior::State {
  explicit State(const LatencyTable& table) : kernels(table) {}
  detail::DesignKernels kernels;
  std::vector<std::size_t> devices;  // columns of the table, in the order of those of `sources`
  std::shared_ptr<const detail::SmoothedSources> sources;
  std::unique_ptr<detail::PriorBasis> basis;
  std::vector<detail::Mixture> mixtures;
  detail::ScalePrior scale;
  int kept = 0;                      // mixtures, of what alone() gives too
  std::vector<double> alone_shares;  // of the mixtures of the grid, for alone(); empty: even
};

namespace detail {

// One gram for each block.
std::vector<Matrix> all_grams(const PriorBasis& basis, Rows a, Rows b);

}  // namespace detail
}  // namespace kernwise
