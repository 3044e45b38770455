// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "ops/binary_kernels.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/binary_kernels.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

#include "activation_inl.h"
#include "epilogue.h"

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <BinaryKind kKind, class D, class V = hn::Vec<D>>
HWY_INLINE V combined(D d, V a, V b) {
  if constexpr (kKind == BinaryKind::kAdd) return hn::Add(a, b);
  if constexpr (kKind == BinaryKind::kMul) return hn::Mul(a, b);
  if constexpr (kKind == BinaryKind::kSub) return hn::Sub(a, b);
  if constexpr (kKind == BinaryKind::kDiv) return hn::Div(a, b);
  return hn::IfThenElse(hn::Lt(a, hn::Zero(d)), hn::Mul(a, b), a);
}

template <BinaryKind kKind, bool kRepeatA, bool kRepeatB, class D>
HWY_INLINE void one(D d, const Epilogue& epilogue, const float* a, const float* b, float* out,
                    int64_t i) {
  const auto left = kRepeatA ? hn::Set(d, *a) : hn::LoadU(d, a + i);
  const auto right = kRepeatB ? hn::Set(d, *b) : hn::LoadU(d, b + i);
  const auto value = combined<kKind>(d, left, right);
  const auto low = hn::Set(d, epilogue.low), high = hn::Set(d, epilogue.high);
  hn::StoreU(bent(d, hn::Min(hn::Max(value, low), high), epilogue.curve), d, out + i);
}

template <BinaryKind kKind, bool kRepeatA, bool kRepeatB>
void row(const Epilogue& epilogue, const float* a, const float* b, float* out, int64_t count) {
  const hn::ScalableTag<float> d;
  const hn::CappedTag<float, 1> d1;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) one<kKind, kRepeatA, kRepeatB>(d, epilogue, a, b, out, i);
  for (; i < count; ++i) one<kKind, kRepeatA, kRepeatB>(d1, epilogue, a, b, out, i);
}

template <BinaryKind kKind>
void rows_of(const BinaryLoops& loops, const Epilogue& epilogue, const BinaryPart& part,
             const float* a, const float* b, float* out) {
  const BinaryLoops::Axis& inner = loops.axes[static_cast<std::size_t>(loops.rank - 1)];
  const int64_t count = part.to - part.from;
  for (int64_t r = part.first; r < part.last; ++r) {
    int64_t at_a = part.from * inner.a, at_b = part.from * inner.b, rest = r;
    for (int i = loops.rank - 1; i-- > 0;) {
      const BinaryLoops::Axis& axis = loops.axes[static_cast<std::size_t>(i)];
      at_a += rest % axis.size * axis.a;
      at_b += rest % axis.size * axis.b;
      rest /= axis.size;
    }
    float* to = out + r * inner.size + part.from;
    if (inner.a != 0 && inner.b != 0) {
      row<kKind, false, false>(epilogue, a + at_a, b + at_b, to, count);
    } else if (inner.a != 0) {
      row<kKind, false, true>(epilogue, a + at_a, b + at_b, to, count);
    } else if (inner.b != 0) {
      row<kKind, true, false>(epilogue, a + at_a, b + at_b, to, count);
    } else {
      row<kKind, true, true>(epilogue, a + at_a, b + at_b, to, count);
    }
  }
}

void rows(const BinaryLoops& loops, BinaryKind kind, const Epilogue& epilogue,
          const BinaryPart& part, const float* a, const float* b, float* out) {
  switch (kind) {
    case BinaryKind::kAdd: return rows_of<BinaryKind::kAdd>(loops, epilogue, part, a, b, out);
    case BinaryKind::kMul: return rows_of<BinaryKind::kMul>(loops, epilogue, part, a, b, out);
    case BinaryKind::kSub: return rows_of<BinaryKind::kSub>(loops, epilogue, part, a, b, out);
    case BinaryKind::kDiv: return rows_of<BinaryKind::kDiv>(loops, epilogue, part, a, b, out);
    case BinaryKind::kPrelu: return rows_of<BinaryKind::kPrelu>(loops, epilogue, part, a, b, out);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(rows);

int64_t BinaryLoops::rows() const {
  int64_t count = 1;
  for (int i = 0; i + 1 < rank; ++i) count *= axes[static_cast<std::size_t>(i)].size;
  return count;
}

BinaryLoops binary_loops(const Shape4& a, const Shape4& b, const Shape4& out, Layout layout) {
  const int64_t block = layout == Layout::kNchw8c ? 8 : layout == Layout::kNchw16c ? 16 : 1;
  // Strides of a whole tensor; 0 where it is repeated.
  struct Strides {
    int64_t n, blocks, h, w, lane;
  };
  const auto strides_of = [&](const Shape4& shape) {
    const int64_t image = physical_elements({1, shape.c, shape.h, shape.w}, layout);
    Strides strides{image, shape.h * shape.w * block, shape.w * block, block, 1};
    if (layout == Layout::kNhwc) strides = {image, 1, shape.w * shape.c, shape.c, 1};
    if (layout == Layout::kNchw) strides.lane = 0;
    if (shape.n == 1) strides.n = 0;
    if (shape.c == 1 && out.c > 1) strides.blocks = strides.lane = 0;
    if (shape.h == 1) strides.h = 0;
    if (shape.w == 1) strides.w = 0;
    return strides;
  };
  const Strides sa = strides_of(a), sb = strides_of(b);
  using Axis = BinaryLoops::Axis;
  const Axis n{out.n, sa.n, sb.n}, h{out.h, sa.h, sb.h}, w{out.w, sa.w, sb.w};
  const Axis blocks{(out.c + block - 1) / block, sa.blocks, sb.blocks};
  const Axis lanes{block, sa.lane, sb.lane};
  const std::array<Axis, 5> all = layout == Layout::kNhwc
                                      ? std::array<Axis, 5>{n, h, w, blocks, Axis{}}
                                      : std::array<Axis, 5>{n, blocks, h, w, lanes};
  BinaryLoops loops;
  for (const Axis& axis : all) {
    if (axis.size == 1) continue;
    if (loops.rank > 0) {
      Axis& last = loops.axes[static_cast<std::size_t>(loops.rank - 1)];
      if (last.a == axis.a * axis.size && last.b == axis.b * axis.size) {
        last = {last.size * axis.size, axis.a, axis.b};
        continue;
      }
    }
    loops.axes[static_cast<std::size_t>(loops.rank++)] = axis;
  }
  if (loops.rank == 0) loops.rank = 1;  // one element
  return loops;
}

void binary_rows(const BinaryLoops& loops, BinaryKind kind, const Activation& activation,
                 const BinaryPart& part, const float* a, const float* b, float* out) {
  const Epilogue epilogue = make_epilogue({.activation = activation}, nullptr);
  HWY_DYNAMIC_DISPATCH(rows)(loops, kind, epilogue, part, a, b, out);
}

}  // namespace kernwise::detail
#endif
