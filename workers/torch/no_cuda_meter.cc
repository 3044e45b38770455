// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "step_meter.h"

namespace kernwise::torch_worker {

Result<std::unique_ptr<StepMeter>> cuda_meter() {
  return unsupported("this kernwise-torch was built without CUDA",
                     "build it against a libtorch that has it, with -DKERNWISE_TORCH_CUDA=ON");
}

}  // namespace kernwise::torch_worker
