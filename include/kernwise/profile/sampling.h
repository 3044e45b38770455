// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which problems to measure so that a model can be learnt from them. The layers of real networks
// say where in the space of shapes to look; random ones around them fill it.
// Thread-safety: pure functions.
#pragma once

#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/graph/problem.h"

namespace kernwise {

// `count` distinct problems that are not among `known`, most of them convolutions: the channels in
// and out and the image of a convolution drawn from `known`, each times a random factor (sizes:
// 0.5 to 2, log-uniform, kept at 4 and at most 4096 channels and 256 pixels a side), with
//   kernel   1, 3, 5, 7 or 11 on a side (the larger the rarer); one in eight 1 x k or k x 1
//   stride   1 (two in three), 2, or for kernels from 7 on also 4
//   groups   dense; one in five depthwise, one in twenty of 2, 4 or 8 groups
//   image    one in four not square
//   more     "same" padding; bias; ReLU, none or a residual with ReLU
// and one in six a layout transform, pooling or fully connected layer of such a shape. Problems of
// more than 2 GMAC are drawn again: they cost the most to measure and are rare in networks.
// Empty if `known` holds no convolution; fewer where there are not so many.
std::vector<Problem> problems_around(const std::vector<Problem>& known, int count, Rng& rng);

}  // namespace kernwise
