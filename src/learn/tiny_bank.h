// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Several tiny networks (tiny_net.h) of the same inputs, evaluated side by side: each lane of a
// vector computes one of them. Compiled for each instruction set and dispatched at run time.
// Networks that lack a term, a hidden unit or an input have it with weights that change nothing.
// Thread-safety: const use is safe; evaluating allocates nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "tiny_net.h"

namespace kernwise::detail {

struct TinyMember {
  int64_t output = 0;           // where its value goes
  std::vector<int64_t> inputs;  // which of the bank's inputs it sees
  TinyShape shape;
  std::vector<float> parameters;
};

inline constexpr int64_t kTinyLanes = 16;  // networks of a group

struct TinyGroup {
  std::vector<int64_t> inputs;  // of the bank; those that any of its networks sees
  int64_t terms = 1, hidden = 0;
  // Rows of kTinyLanes numbers: k and 1/k; for each unit (terms, then hidden ones) its bias, a
  // weight for each of `inputs` and, if hidden, its weight in the result.
  std::vector<float> rows;
  std::vector<int64_t> outputs;  // at most kTinyLanes
};

std::vector<TinyGroup> group_tiny(const std::vector<TinyMember>& members);

// to[output] = value of the network, for those of the group. z: the bank's inputs.
void evaluate(const TinyGroup& group, const float* z, float* to);

}  // namespace kernwise::detail
