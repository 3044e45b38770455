// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Local response normalisation across channels (ONNX operator LRN; Krizhevsky et al., NeurIPS 2012,
// section 3.3):  y[c] = x[c] * (k + alpha / size * sum of x[i]^2)^-beta  over i from
// c - floor((size-1)/2) to c + ceil((size-1)/2), where channels exist.
#pragma once

#include <cstdint>

#include "conv/image_layout.h"
#include "kernwise/graph/problem.h"

namespace kernwise::detail {

// Floats of scratch for one pixel: its squares, with zeros where the windows reach over the ends.
int64_t lrn_pixel_floats(const LrnProblem& problem);

// One pixel whose channels lie in chunks of 16, `chunk` floats apart; whole chunks are written if
// the layout is padded.
void lrn_pixel(const LrnProblem& problem, const ImageLayout& layout, const float* in, float* out,
               float* scratch);

// nchw: `count` neighbouring pixels of one image, all channels.
void lrn_planes(const LrnProblem& problem, const float* in, float* out, int64_t count);

}  // namespace kernwise::detail
