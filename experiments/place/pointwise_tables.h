// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Products of matrices in published tables of convolutions. A convolution of one image with windows
// of 1x1 and stride 1, whose tensors lie channel by channel, is the product of its weights
// (oc x ic) and its input (ic x pixels): gemm:m{oc}n{pixels}k{ic}, row by row. So what was measured
// of such layers was measured of such products, and programs of matmul() can be placed on the
// devices of those tables.
#pragma once

#include <filesystem>
#include <string>

#include "kernwise/base/result.h"
#include "kernwise/place/recorded_costs.h"

namespace kernwise::experiments {

// PLATFORM_primitives_ns.csv(.gz): c, k, im, f, s, then nanoseconds, a column for each primitive;
// of those that primitive_formats.csv beside it gives chw on both sides. They become the times of
// resource `resource` of `costs`, on one thread (rates of the public tables agree with one).
Status add_layer_table(const std::filesystem::path& file, int resource, RecordedCosts& costs);

// Find tables of a GPU library in `folder` (problems.csv, solvers.csv, times_GPU.csv, each may be
// .gz): forward, FP32, NCHW, one image, one group. The fastest entry of a solver counts.
Status add_find_table(const std::filesystem::path& folder, const std::string& gpu, int resource,
                      RecordedCosts& costs);

}  // namespace kernwise::experiments
