// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Runs our own kernels as every instruction set that this machine has would.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kernwise::test {

// The instruction sets our kernels are compiled for and this machine can run, best first; the last
// is plain C++.
std::vector<int64_t> highway_targets();
std::string highway_target_name(int64_t target);

// Holds Highway's dispatch to one of them; the machine's best again on destruction.
class HighwayTargetScope {
 public:
  explicit HighwayTargetScope(int64_t target);
  ~HighwayTargetScope();
  HighwayTargetScope(const HighwayTargetScope&) = delete;
  HighwayTargetScope& operator=(const HighwayTargetScope&) = delete;
};

}  // namespace kernwise::test
