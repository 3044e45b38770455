// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/row_epilogue.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv/row_epilogue.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

#include "activation_inl.h"

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D>
HWY_INLINE void finish(D d, hn::Vec<D> bias, const Epilogue& epilogue, float* at) {
  const auto value = hn::Add(hn::LoadU(d, at), bias);
  const auto low = hn::Set(d, epilogue.low), high = hn::Set(d, epilogue.high);
  hn::StoreU(bent(d, hn::Min(hn::Max(value, low), high), epilogue.curve), d, at);
}

void rows(const RowEpilogue& shape, const Epilogue& epilogue, float* data) {
  const hn::ScalableTag<float> d;
  const hn::CappedTag<float, 1> d1;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t r = 0; r < shape.rows; ++r, data += shape.stride) {
    if (shape.bias_by_row || !epilogue.bias) {
      const float bias = epilogue.bias ? epilogue.bias[r] : 0;
      int64_t c = 0;
      for (; c + lanes <= shape.columns; c += lanes)
        finish(d, hn::Set(d, bias), epilogue, data + c);
      for (; c < shape.columns; ++c) finish(d1, hn::Set(d1, bias), epilogue, data + c);
    } else {
      int64_t c = 0;
      for (; c + lanes <= shape.columns; c += lanes)
        finish(d, hn::LoadU(d, epilogue.bias + c), epilogue, data + c);
      for (; c < shape.columns; ++c)
        finish(d1, hn::LoadU(d1, epilogue.bias + c), epilogue, data + c);
    }
  }
}

void sums(const RowSum& shape, const float* HWY_RESTRICT from, float* HWY_RESTRICT to) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t r = 0; r < shape.rows; ++r, from += shape.from_stride, to += shape.to_stride) {
    int64_t c = 0;
    for (; c + lanes <= shape.columns; c += lanes) {
      const auto value = hn::LoadU(d, from + c);
      hn::StoreU(shape.accumulate ? hn::Add(value, hn::LoadU(d, to + c)) : value, d, to + c);
    }
    for (; c < shape.columns; ++c) to[c] = shape.accumulate ? to[c] + from[c] : from[c];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(rows);
HWY_EXPORT(sums);

void sum_rows(const RowSum& shape, const float* from, float* to) {
  HWY_DYNAMIC_DISPATCH(sums)(shape, from, to);
}

void apply_row_epilogue(const RowEpilogue& shape, const Epilogue& epilogue, float* data) {
  Epilogue without_residual = epilogue;
  without_residual.residual = false;
  if (without_residual.empty()) return;
  HWY_DYNAMIC_DISPATCH(rows)(shape, without_residual, data);
}

}  // namespace kernwise::detail
#endif
