// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Direct depthwise convolution of one output row, vectorised over channels, for layouts whose
// channels lie together: nhwc (all channels at once) and nchw16c (one chunk at a time).
#pragma once

#include <cstdint>

#include "epilogue.h"
#include "kernwise/graph/problem.h"

namespace kernwise::detail {

// weights [kh * kw][weight_stride] and epilogue.bias start at the first of the `channels` computed.
struct DepthwiseRow {
  int64_t channels = 0;              // to compute
  int64_t in_pixel = 0, in_row = 0;  // strides in floats
  int64_t out_pixel = 0, weight_stride = 0;
  const float* zeros = nullptr;  // as many as channels: a pixel of the padding
};

// `image` is the first pixel of the input image and `out` of output row `oy`, at the first channel.
void depthwise_row(const ConvProblem& problem, const DepthwiseRow& row, int64_t oy,
                   const float* image, const float* weights, const Epilogue& epilogue, float* out);

}  // namespace kernwise::detail
