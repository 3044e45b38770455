// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Eigen for every processor of the architecture.
#define Eigen EigenBaseline
#define KERNWISE_EIGEN_KERNELS eigen_baseline
#include "kernels/eigen_kernels_body.h"

namespace kernwise::detail {

std::string eigen_version() {
  return "eigen-" + std::to_string(EIGEN_WORLD_VERSION) + "." +
         std::to_string(EIGEN_MAJOR_VERSION) + "." + std::to_string(EIGEN_MINOR_VERSION);
}

}  // namespace kernwise::detail
