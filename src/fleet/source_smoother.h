// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the known devices say of every design: a kernel ridge regression from the encoding to the
// standardised cost, one for each device. It fills what was not measured and takes
// the noise out of what was. Kernel and penalty by leave-one-out error over the known designs.
#pragma once

#include <cstddef>
#include <vector>

#include "design_kernels.h"

namespace kernwise::detail {

struct SmoothedSources {
  // One column per device, one row per row of the table.
  Matrix fitted;       // of the standardised cost
  Matrix residual;     // measured - predicted from the other designs; 0 where not known
  Vector mean, scale;  // cost on its CostScale = mean + scale * standardised
};

struct SmootherOptions {
  std::size_t max_rows = 1500;    // designs that are fitted to; the others only have a residual
  std::size_t choice_rows = 500;  // of them, to choose kernel and penalty
};

// `known` are the rows whose costs may be looked at. A device with fewer than three known costs, or
// with a constant one, gets zeros.
SmoothedSources smooth_sources(const DesignKernels& kernels, Rows devices, Rows known,
                               const SmootherOptions& options);

}  // namespace kernwise::detail
