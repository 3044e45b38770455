// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "workloads.h"

#include <fmt/format.h>

namespace kernwise::halide {

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> table = {blur_workload(), convolution_workload(),
                                              separable_workload()};
  return table;
}

std::string to_string(const Workload& workload, const Knobs& knobs) {
  std::string text;
  for (std::size_t i = 0; i < knobs.size(); ++i) {
    text += fmt::format("{}{}={}", i == 0 ? "" : " ", workload.knobs[i].name, knobs[i]);
  }
  return text;
}

}  // namespace kernwise::halide
