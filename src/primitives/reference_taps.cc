// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "reference_taps.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "reference_taps.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void taps(const double* in, const int64_t* offsets, int64_t tap_count, const double* weights,
          double* out, int64_t out_stride, int64_t count) {
  const hn::CappedTag<double, 8> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  // 4 channels by 2 vectors: eight sums in registers hide the latency of the additions.
  for (int64_t i = 0; i < count; i += 2 * lanes) {
    auto a0 = hn::Zero(d), a1 = hn::Zero(d), b0 = hn::Zero(d), b1 = hn::Zero(d);
    auto c0 = hn::Zero(d), c1 = hn::Zero(d), e0 = hn::Zero(d), e1 = hn::Zero(d);
    for (int64_t t = 0; t < tap_count; ++t) {
      const double* x = in + offsets[t] + i;
      const double* w = weights + t * kTapsOutputs;
      const auto x0 = hn::LoadU(d, x), x1 = hn::LoadU(d, x + lanes);
      const auto w0 = hn::Set(d, w[0]), w1 = hn::Set(d, w[1]);
      const auto w2 = hn::Set(d, w[2]), w3 = hn::Set(d, w[3]);
      a0 = hn::MulAdd(w0, x0, a0), a1 = hn::MulAdd(w0, x1, a1);
      b0 = hn::MulAdd(w1, x0, b0), b1 = hn::MulAdd(w1, x1, b1);
      c0 = hn::MulAdd(w2, x0, c0), c1 = hn::MulAdd(w2, x1, c1);
      e0 = hn::MulAdd(w3, x0, e0), e1 = hn::MulAdd(w3, x1, e1);
    }
    double* y = out + i;
    hn::StoreU(a0, d, y), hn::StoreU(a1, d, y + lanes);
    y += out_stride;
    hn::StoreU(b0, d, y), hn::StoreU(b1, d, y + lanes);
    y += out_stride;
    hn::StoreU(c0, d, y), hn::StoreU(c1, d, y + lanes);
    y += out_stride;
    hn::StoreU(e0, d, y), hn::StoreU(e1, d, y + lanes);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(taps);

void reference_taps(const double* in, std::span<const int64_t> offsets, const double* weights,
                    double* out, int64_t out_stride, int64_t count) {
  HWY_DYNAMIC_DISPATCH(taps)
  (in, offsets.data(), static_cast<int64_t>(offsets.size()), weights, out, out_stride, count);
}

}  // namespace kernwise::detail
#endif
