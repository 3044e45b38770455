// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// kn2row (nchw) and kn2col (nhwc): a convolution as one 1x1 convolution for each tap of the kernel,
// whose results are shifted and added (Vasudevan, Anderson and Gregg, "Parallel Multi Channel
// Convolution using General Matrix Multiplication", ASAP 2017; the accumulating forms: Anderson,
// Vasudevan, Keane and Gregg, "High-performance low-memory lowering: GEMM-based algorithms for DNN
// convolution", SBAC-PAD 2020). No input value is copied kh kw times, as im2row does.
//
//   kWhole       one GEMM for all taps: its result is kh kw times the output channels
//   kShiftAdd    "as": a GEMM for each tap, whose result is shifted and added
//   kAccumulate  "aa": a GEMM for each tap that adds to the result itself. On a copy of the image
//                with its padding, a tap is a constant distance, and what a row's end takes from
//                the next row falls into columns that are not kept.
//
// Threads divide the output channels. Stride 1, one group.
#pragma once

#include <cstdint>

#include "conv/gemm.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/problem.h"

namespace kernwise::detail {

enum class Kn2Form : uint8_t { kWhole, kShiftAdd, kAccumulate };

struct Kn2Plan {
  Kn2Form form = Kn2Form::kWhole;
  bool nhwc = false;
  int64_t taps = 0;
  int64_t parts = 0;        // of the output channels, each with its own scratch
  int64_t rows = 0;         // of a block: input rows, or output rows of kAccumulate
  int64_t part_floats = 0;  // scratch of a part, whole cache lines
  bool pad = false;         // the image is copied with its padding
  int64_t padded_height = 0, padded_width = 0;
  int64_t padded_floats = 0;  // scratch after that of the parts

  Bytes workspace() const;
  int64_t first_channel(const ConvProblem& problem, int64_t part) const {
    return problem.oc * part / parts;
  }
};
Kn2Plan plan_kn2(const ConvProblem& problem, Kn2Form form, bool nhwc, int threads);

}  // namespace kernwise::detail
