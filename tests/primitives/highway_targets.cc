// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "primitives/highway_targets.h"

#include <hwy/highway.h>

namespace kernwise::test {

std::vector<int64_t> highway_targets() {
  std::vector<int64_t> targets = hwy::SupportedAndGeneratedTargets();
  if (targets.empty() || targets.back() != HWY_STATIC_TARGET) targets.push_back(HWY_STATIC_TARGET);
  return targets;
}

std::string highway_target_name(int64_t target) { return hwy::TargetName(target); }

HighwayTargetScope::HighwayTargetScope(int64_t target) {
  hwy::SetSupportedTargetsForTest(target);
  hwy::GetChosenTarget().Update(target);
}

HighwayTargetScope::~HighwayTargetScope() {
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace kernwise::test
