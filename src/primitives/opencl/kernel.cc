// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "opencl/kernel.h"

#include <algorithm>
#include <array>

namespace kernwise::detail {

void OpenClKernel::run(const KernelArgs& args) const {
  std::array<const float*, 3> pointers{};  // two inputs at most, and the output
  KERNWISE_CHECK(args.inputs.size() < pointers.size());
  std::ranges::copy(args.inputs, pointers.begin());
  pointers[args.inputs.size()] = args.output;
  device_.run(kernel_, launch_, std::span(pointers).first(args.inputs.size() + 1));
}

}  // namespace kernwise::detail
