// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/gemm_convolutions.h"

#include <oneapi/dnnl/dnnl.h>

#include <algorithm>

#include "factories.h"
#include "kernwise/base/check.h"

namespace kernwise::detail {

PixelBlocks pixel_blocks(const ConvProblem& problem, int threads) {
  constexpr int64_t kFloats = (2 << 20) / sizeof(float), kLeastPixels = 64, kLine = 16;
  const int64_t k = problem.ic / problem.g * problem.kh * problem.kw;
  PixelBlocks blocks;
  blocks.pixels = problem.oh() * problem.ow();
  const int64_t largest = std::max(kFloats / k, kLeastPixels);
  // Enough blocks for every thread, all of nearly the same size.
  const int64_t images = problem.n * problem.g;
  const int64_t wanted =
      std::max((blocks.pixels + largest - 1) / largest, (threads + images - 1) / images);
  blocks.block = (blocks.pixels + wanted - 1) / wanted;
  blocks.blocks = (blocks.pixels + blocks.block - 1) / blocks.block;
  blocks.slices = std::min<int64_t>(threads, images * blocks.blocks);
  blocks.slice_floats = (blocks.block * k + kLine - 1) / kLine * kLine;
  return blocks;
}

void sgemm(const Gemm& gemm, const float* a, const float* b, float* c) {
  const dnnl_status_t status = dnnl_sgemm('N', 'N', gemm.m, gemm.n, gemm.k, 1.0f, a, gemm.lda, b,
                                          gemm.ldb, gemm.accumulate ? 1.0f : 0.0f, c, gemm.ldc);
  KERNWISE_CHECK(status == dnnl_success);
}

Primitives gemm_convolutions() {
  Primitives primitives;
  primitives.push_back(make_packed_conv(Layout::kNhwc));
  primitives.push_back(make_packed_conv(Layout::kNchw16c));
  primitives.push_back(make_im2row());
  primitives.push_back(make_im2col());
  primitives.push_back(make_gemm_1x1_nhwc());
  primitives.push_back(make_gemm_1x1_nchw());
  return primitives;
}

}  // namespace kernwise::detail
