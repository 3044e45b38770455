// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The rows of the table in workloads.cc.
#pragma once

#include "workload.h"

namespace kernwise::halide {

// 3 x 3 box blur of 12-bit grey values in uint16, as two passes.
Workload blur_workload();

// Separable 7-tap binomial filter on float32, as two passes.
Workload separable_workload();

// 3 x 3 convolution of RGB to four channels in float32, bias, ReLU, 2 x 2 max pooling.
Workload convolution_workload();

}  // namespace kernwise::halide
