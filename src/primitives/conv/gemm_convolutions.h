// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Convolutions on GEMMs: of libraries (gemm.h), on matrices made in blocks so that the workspace is
// bounded, and of our own (packed_gemm.h).
#pragma once

#include <cstdint>
#include <memory>

#include "conv/gemm.h"
#include "epilogue.h"
#include "factories.h"
#include "kernwise/base/units.h"
#include "kernwise/primitives/primitive.h"

namespace kernwise::detail {

std::unique_ptr<const Primitive> make_packed_conv(Layout layout);  // "packed-gemm-<layout>"
Primitives im2_convolutions();                                     // im2row, im2col
Primitives gemm_1x1_convolutions();
Primitives kn2_convolutions();  // kn2row, kn2col
Primitives mec_convolutions();
Primitives brgemm_convolutions();  // on libxsmm

// The output pixels of one image, cut into blocks. Each thread holds one block's windows, at most
// 2 MiB (or 64 pixels, if those are more).
struct PixelBlocks {
  int64_t pixels = 0, block = 0, blocks = 0;
  int64_t slices = 1;        // scratch slices, one for each thread that can have work
  int64_t slice_floats = 0;  // whole cache lines
  Bytes workspace() const { return {slices * slice_floats * int64_t{sizeof(float)}}; }
};
PixelBlocks pixel_blocks(const ConvProblem& problem, int threads);

}  // namespace kernwise::detail
