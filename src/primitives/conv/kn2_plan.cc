// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/kn2_plan.h"

#include <algorithm>

#include "support.h"

namespace kernwise::detail {

Bytes Kn2Plan::workspace() const { return float_bytes(parts * part_floats + padded_floats); }

Kn2Plan plan_kn2(const ConvProblem& p, Kn2Form form, bool nhwc, int threads) {
  // A GEMM's result is added to the output while it is still in L2.
  constexpr int64_t kFloats = (512 << 10) / sizeof(float), kLine = 16;
  const auto whole_lines = [](int64_t floats) { return (floats + kLine - 1) / kLine * kLine; };
  Kn2Plan plan{.form = form, .nhwc = nhwc, .taps = p.kh * p.kw};
  plan.parts = std::min<int64_t>(threads, p.oc);
  plan.padded_height = p.ih + p.pt + p.pb;
  plan.padded_width = p.iw + p.pl + p.pr;
  const bool accumulate = form == Kn2Form::kAccumulate;
  const int64_t channels = (p.oc + plan.parts - 1) / plan.parts;
  const int64_t row_floats = channels * (accumulate ? plan.padded_width : p.iw) *
                             (form == Kn2Form::kWhole ? plan.taps : 1);
  const int64_t height = accumulate ? p.oh() : p.ih;
  const int64_t largest = std::clamp<int64_t>(kFloats / row_floats, 1, height);
  const int64_t blocks = (height + largest - 1) / largest;
  plan.rows = (height + blocks - 1) / blocks;
  plan.part_floats = whole_lines(plan.rows * row_floats);
  plan.pad = accumulate && p.pt + p.pb + p.pl + p.pr != 0;
  if (plan.pad) plan.padded_floats = whole_lines(p.ic * plan.padded_height * plan.padded_width);
  return plan;
}

}  // namespace kernwise::detail
