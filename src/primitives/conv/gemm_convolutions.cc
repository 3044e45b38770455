// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/gemm_convolutions.h"

#include <algorithm>
#include <iterator>

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

Primitives gemm_convolutions() {
  Primitives primitives;
  primitives.push_back(make_packed_conv(Layout::kNhwc));
  primitives.push_back(make_packed_conv(Layout::kNchw16c));
  for (auto* make : {im2_convolutions, gemm_1x1_convolutions, kn2_convolutions, mec_convolutions,
                     brgemm_convolutions}) {
    Primitives family = make();
    std::ranges::move(family, std::back_inserter(primitives));
  }
  return primitives;
}

}  // namespace kernwise::detail
