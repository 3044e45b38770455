// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// XNNPACK's operators as kernels. Two files answer for this header: library.cc, and
// library_missing.cc in a build without XNNPACK, where everything is refused.
//
// XNNPACK brings a pool of threads of its own, which spins while it waits. It is not used: a kernel
// cuts its problem into slices of output channels, one operator each, and runs them on the OpenMP
// threads that all other kernels run on. Slices share nothing but the input, so no weight is packed
// twice and the numbers do not depend on the number of threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernwise/primitives/primitive.h"

namespace kernwise::detail {

struct XnnLimits {  // of the output; infinite where there are none
  float low, high;
};

// Part of the output channels; groups and channels as XNNPACK counts them.
struct XnnSlice {
  int64_t groups = 1;
  int64_t group_inputs = 1, group_outputs = 1;
  int64_t first_input = 0, first_output = 0;  // channels before this slice
  int64_t first_weight = 0;                   // floats
};

// "" or why XNNPACK cannot be used by this process.
std::string xnn_refusal();

// "xnnpack-d1e1086d": the first digits of the library's build id, as it carries no version. "" in a
// build without XNNPACK.
std::string xnn_version();

// `weights`: [oc, kh, kw, ic / g] as XNNPACK reads them, `bias` empty or [oc]; read only here. Null
// if XNNPACK rejects an operator; throws std::bad_alloc.
std::unique_ptr<Kernel> make_xnn_convolution(const ConvProblem& conv,
                                             const std::vector<XnnSlice>& slices,
                                             const std::vector<float>& weights,
                                             std::span<const float> bias, XnnLimits limits);
// `weights`: [oc, length]; slices as of a 1x1 convolution with one group.
std::unique_ptr<Kernel> make_xnn_fully_connected(int64_t batch, int64_t length, int64_t outputs,
                                                 const std::vector<XnnSlice>& slices,
                                                 const std::vector<float>& weights,
                                                 std::span<const float> bias, XnnLimits limits);

}  // namespace kernwise::detail
