// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "xnnpack/library.h"

namespace kernwise::detail {

std::string xnn_refusal() { return "kernwise was built without XNNPACK"; }

std::string xnn_version() { return {}; }

std::unique_ptr<Kernel> make_xnn_convolution(const ConvProblem&, const std::vector<XnnSlice>&,
                                             const std::vector<float>&, std::span<const float>,
                                             XnnLimits) {
  return nullptr;
}

std::unique_ptr<Kernel> make_xnn_fully_connected(int64_t, int64_t, int64_t,
                                                 const std::vector<XnnSlice>&,
                                                 const std::vector<float>&, std::span<const float>,
                                                 XnnLimits) {
  return nullptr;
}

}  // namespace kernwise::detail
