// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which mixtures predict a device that was not known: every known device is left out in turn and
// predicted from few samples by a basis of the others.
#pragma once

#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/fleet/device_prior.h"
#include "mixture.h"

namespace kernwise::detail {

// The best mixtures with their prior probabilities (they sum to 1). `devices` are columns of the
// table, in the order of the columns of `sources`; at least three.
std::vector<Mixture> search_mixtures(const DesignKernels& kernels, const SmoothedSources& sources,
                                     Rows devices, Rows known, const ScalePrior& scale,
                                     const DevicePriorOptions& options, Rng& rng);

// For fewer devices.
std::vector<Mixture> generic_mixtures(const PriorBasis& basis);

}  // namespace kernwise::detail
