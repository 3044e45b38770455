// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Two output rows of a valid correlation at a time, the image read as it lies: each value that is
// loaded serves a tap of either row.
#pragma once

#include <cstdint>

namespace kernwise::detail {

struct MatconvRows {
  int64_t width = 0, r = 0;  // of the image; side of the kernel
  int64_t rows = 0;          // of the output
};
void matconv_rows(const MatconvRows& part, const float* image, const float* kernel, float* out);

}  // namespace kernwise::detail
