// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The sliding window of a convolution or pool as explicit numbers: automatic padding resolved and
// ceil mode turned into end padding, so that the output size is the floor formula
//   (in + begin + end - ((k - 1) * d + 1)) / s + 1
// in every case. All numbers fit 31 bits, so nobody who multiplies two of them overflows.
#pragma once

#include <cstdint>

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

// Of a Conv over an image of ih x iw with weights of kh x kw.
Result<Window> conv_window(const Node& node, int64_t ih, int64_t iw, int64_t kh, int64_t kw);

// Of a MaxPool or AveragePool. Dilation is kUnsupported.
Result<Window> pool_window(const Node& node, int64_t ih, int64_t iw);

// What a pooling node averages over, or that it takes the maximum. Without padding both averages
// are the same; it is then spelt kAvgExcludePad.
Result<PoolKind> pool_kind(const Node& node, const Window& window);

}  // namespace kernwise::detail
