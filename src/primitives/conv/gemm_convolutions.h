// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Convolutions that gather the input into a matrix and multiply it with the weights, by oneDNN's
// `dnnl_sgemm` or by our own packed_gemm. The matrix is made in blocks, so the workspace is
// bounded: with dnnl_sgemm, each thread holds one block of at most 2 MiB (or 64 rows, if those are
// more). The kernels parallelise over blocks; in a parallel region dnnl_sgemm runs on one thread.
#pragma once

#include <cstdint>
#include <memory>

#include "epilogue.h"
#include "kernwise/base/units.h"
#include "kernwise/primitives/primitive.h"

namespace kernwise::detail {

std::unique_ptr<const Primitive> make_im2row();                    // "im2row-nhwc"
std::unique_ptr<const Primitive> make_im2col();                    // "im2col-nchw"
std::unique_ptr<const Primitive> make_gemm_1x1_nhwc();             // "gemm-1x1-nhwc"
std::unique_ptr<const Primitive> make_gemm_1x1_nchw();             // "gemm-1x1-nchw"
std::unique_ptr<const Primitive> make_packed_conv(Layout layout);  // "packed-gemm-<layout>"

// The output pixels of one image, cut into blocks.
struct PixelBlocks {
  int64_t pixels = 0, block = 0, blocks = 0;
  int64_t slices = 1;        // scratch slices, one for each thread that can have work
  int64_t slice_floats = 0;  // whole cache lines
  Bytes workspace() const { return {slices * slice_floats * int64_t{sizeof(float)}}; }
};
PixelBlocks pixel_blocks(const ConvProblem& problem, int threads);

// c[m, n] = a[m, k] * b[k, n] + (accumulate ? c : 0), row-major, on the calling thread's team.
struct Gemm {
  int64_t m = 0, n = 0, k = 0, lda = 0, ldb = 0, ldc = 0;
  bool accumulate = false;
};
void sgemm(const Gemm& gemm, const float* a, const float* b, float* c);

}  // namespace kernwise::detail
