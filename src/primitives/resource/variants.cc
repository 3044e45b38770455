// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "resource/variants.h"

namespace kernwise::detail {
namespace {

// Half of what an int holds: indices of a last, incomplete group may lie beyond the tensor.
constexpr int64_t kMostElements = int64_t{1} << 30;
constexpr int64_t kMostGroups = 65535;

}  // namespace

std::string too_large(const Problem& problem, const Launch& launch) {
  bool large = output_shape(problem).elements() > kMostElements;
  for (int i = 0; i < input_count(problem); ++i)
    large = large || input_shape(problem, i).elements() > kMostElements;
  if (large) return "too large: a tensor has more than 2^30 elements";
  if (launch.groups[1] > kMostGroups || launch.groups[2] > kMostGroups)
    return "too large: more than 65535 groups of work-items along one axis";
  return {};
}

}  // namespace kernwise::detail
