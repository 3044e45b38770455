// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Programs of kernels from a seed.
#pragma once

#include <string>

#include "kernwise/base/rng.h"

namespace kernwise::experiments {

// The text of a valid program of exactly `kernels` kernels. Each takes a tensor from before (most
// often the latest) and, where it needs a second, one from before or a new input. Sizes of new
// inputs are log-uniform in 32 to 1024, kernels of convolutions 3, 5 or 7, windows 2 to 5 with
// stride 1 or 2: the ranges of Srivastava et al. 2020 without their smallest sizes.
std::string random_program(int kernels, Rng& rng);

}  // namespace kernwise::experiments
