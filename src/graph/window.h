// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The sliding window of a convolution or pool as explicit numbers: automatic padding resolved and
// ceil mode turned into end padding, so that the output size is the floor formula
//   (in + begin + end - ((k - 1) * d + 1)) / s + 1
// in every case. All numbers fit 31 bits, so nobody who multiplies two of them overflows.
#pragma once

#include <cstdint>
#include <span>

#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"
#include "kernwise/graph/problem.h"

namespace kernwise::detail {

// One spatial axis.
struct WindowAxis {
  int64_t kernel = 1, stride = 1, begin = 0, end = 0, dilation = 1;
  int64_t output = 1;
  int64_t extension = 0;  // how much of `end` is there for ceil mode's sake
};

struct Window {
  WindowAxis h, w;
};

// Of nodes on images of dimensions `x`, rank 3 or 4; rank 3 is an image of height 1, and its
// window along h is the trivial one.

// Of a Conv with weights of dimensions `w`.
Result<Window> conv_window(const Node& node, std::span<const int64_t> x,
                           std::span<const int64_t> w);
// Of a ConvTranspose. Only the begin of the padding is set; the end follows from the output.
Result<Window> deconv_window(const Node& node, std::span<const int64_t> x,
                             std::span<const int64_t> w);
// Of a MaxPool or AveragePool. Dilation is kUnsupported.
Result<Window> pool_window(const Node& node, std::span<const int64_t> x);

// What a pooling node averages over, or that it takes the maximum. Without padding both averages
// are the same; it is then spelt kAvgExcludePad.
Result<PoolKind> pool_kind(const Node& node, const Window& window);

}  // namespace kernwise::detail
