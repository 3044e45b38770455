// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The mixtures that a device prior averages over: a grid over how a target may differ from what is
// known, how far, and how noisy it is; and how likely each is, learned from the known devices.
#pragma once

#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/fleet/device_prior.h"
#include "mixture.h"

namespace kernwise::detail {

// All equally likely.
std::vector<Mixture> mixture_grid(const PriorBasis& basis);

// Every known device is left out in turn and sampled a few times; expectation-maximisation of the
// shares of the mixtures over these samples, given a basis of the other devices. Keeps the
// likeliest `options.kept`, with a part of the probability spread evenly. `devices` are columns of
// the table, in the order of the columns of `sources`. With fewer than three devices, the grid as
// it is.
std::vector<Mixture> learn_shares(const DesignKernels& kernels, const SmoothedSources& sources,
                                  const PriorBasis& basis, Rows devices, Rows known,
                                  const ScalePrior& scale, const DevicePriorOptions& options,
                                  Rng& rng);

// The same for a basis of one device: known devices stand for one another. A share for each mixture
// of the grid, in its order.
std::vector<double> learn_pair_shares(const DesignKernels& kernels, const SmoothedSources& sources,
                                      Rows devices, Rows known, const DevicePriorOptions& options,
                                      Rng& rng);

// Makes shares the prior, with a part spread evenly, and keeps the `kept` likeliest mixtures.
void weigh_and_thin(std::vector<Mixture>& mixtures, std::span<const double> shares, int kept);

// Every mixture again with its blocks at pruned designs, where the table knows of them; together
// the new ones are as likely as kPrunedShare. Known devices need not tell how likely that is: all
// of them may have been measured by one program.
inline constexpr double kPrunedShare = 0.3;
void add_pruned(const PriorBasis& basis, std::vector<Mixture>& mixtures);

}  // namespace kernwise::detail
