// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/plane_transpose.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv/plane_transpose.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr int64_t kStep = 4, kChannels = 16;
using D = hn::CappedTag<float, kStep>;

// to[i * to_stride + j] = from[j * from_stride + i] for i, j < 4.
HWY_INLINE void transpose_4x4(const float* from, int64_t from_stride, float* to,
                              int64_t to_stride) {
#if HWY_TARGET != HWY_SCALAR
  const D d;
  const auto v0 = hn::LoadU(d, from), v1 = hn::LoadU(d, from + from_stride);
  const auto v2 = hn::LoadU(d, from + 2 * from_stride), v3 = hn::LoadU(d, from + 3 * from_stride);
  const auto low01 = hn::InterleaveLower(d, v0, v1), high01 = hn::InterleaveUpper(d, v0, v1);
  const auto low23 = hn::InterleaveLower(d, v2, v3), high23 = hn::InterleaveUpper(d, v2, v3);
  hn::StoreU(hn::ConcatLowerLower(d, low23, low01), d, to);
  hn::StoreU(hn::ConcatUpperUpper(d, low23, low01), d, to + to_stride);
  hn::StoreU(hn::ConcatLowerLower(d, high23, high01), d, to + 2 * to_stride);
  hn::StoreU(hn::ConcatUpperUpper(d, high23, high01), d, to + 3 * to_stride);
#else
  for (int64_t i = 0; i < kStep; ++i)
    for (int64_t j = 0; j < kStep; ++j) to[i * to_stride + j] = from[j * from_stride + i];
#endif
}

void to_chunk(const PlaneBlock& block, const float* planes, float* patch) {
  const int64_t quads = block.columns >= kStep ? block.channels / kStep * kStep : 0;
  for (int64_t y = 0; y < block.rows; ++y, planes += block.row, patch += block.patch_row) {
    for (int64_t c = 0; c < quads; c += kStep)
      for (int64_t next = 0; next < block.columns; next += kStep) {
        // The last step goes back over what is there already, rather than beyond the row.
        const int64_t x = std::min(next, block.columns - kStep);
        transpose_4x4(planes + c * block.channel + x, block.channel, patch + x * kChannels + c,
                      kChannels);
      }
    for (int64_t c = quads; c < block.channels; ++c)
      for (int64_t x = 0; x < block.columns; ++x)
        patch[x * kChannels + c] = planes[c * block.channel + x];
  }
}

void to_planes(const PlaneBlock& block, const float* patch, float* planes) {
  const int64_t quads = block.columns >= kStep ? block.channels / kStep * kStep : 0;
  for (int64_t y = 0; y < block.rows; ++y, planes += block.row, patch += block.patch_row) {
    for (int64_t c = 0; c < quads; c += kStep)
      for (int64_t next = 0; next < block.columns; next += kStep) {
        const int64_t x = std::min(next, block.columns - kStep);
        transpose_4x4(patch + x * kChannels + c, kChannels, planes + c * block.channel + x,
                      block.channel);
      }
    for (int64_t c = quads; c < block.channels; ++c)
      for (int64_t x = 0; x < block.columns; ++x)
        planes[c * block.channel + x] = patch[x * kChannels + c];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(to_chunk);
HWY_EXPORT(to_planes);

void planes_to_chunk(const PlaneBlock& block, const float* planes, float* patch) {
  HWY_DYNAMIC_DISPATCH(to_chunk)(block, planes, patch);
}

void chunk_to_planes(const PlaneBlock& block, const float* patch, float* planes) {
  HWY_DYNAMIC_DISPATCH(to_planes)(block, patch, planes);
}

}  // namespace kernwise::detail
#endif
