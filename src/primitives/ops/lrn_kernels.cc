// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "ops/lrn_kernels.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/lrn_kernels.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Channels before and after; never more than there are, however large the window is.
HWY_INLINE int64_t reach_before(const LrnProblem& p) {
  return std::min((p.size - 1) / 2, p.shape.c - 1);
}
HWY_INLINE int64_t reach_after(const LrnProblem& p) { return std::min(p.size / 2, p.shape.c - 1); }

// t^-1/2: the processor's estimate and two steps of Newton's method, y' = y (3 - t y^2) / 2, each
// of which squares the error. An eighth of the time of a division and a square root.
template <class D>
HWY_INLINE hn::Vec<D> reciprocal_sqrt(D d, hn::Vec<D> t) {
  const auto half = hn::Mul(t, hn::Set(d, 0.5f)), three_halves = hn::Set(d, 1.5f);
  auto y = hn::ApproximateReciprocalSqrt(t);
  y = hn::Mul(y, hn::NegMulAdd(hn::Mul(half, y), y, three_halves));
  return hn::Mul(y, hn::NegMulAdd(hn::Mul(half, y), y, three_halves));
}

// x * (k + a * squares)^-beta.
struct Scale {
  float k, a, beta;
  bool fast;  // beta = 3/4 and the base is a normal number
};
HWY_INLINE Scale scale_of(const LrnProblem& p) {
  return {p.k, p.alpha / static_cast<float>(p.size), p.beta,
          p.beta == 0.75f && p.k >= 1e-6f && p.k <= 1e6f && p.alpha >= 0};
}

template <class D>
HWY_INLINE hn::Vec<D> normalise(D d, const Scale& scale, hn::Vec<D> x, hn::Vec<D> squares) {
  const auto base = hn::MulAdd(hn::Set(d, scale.a), squares, hn::Set(d, scale.k));
  if (scale.fast) {
    // t^(-3/4) = t^(-1/2) * t^(-1/4), and t^(-1/4) = u * u^(-1/2) for u = t^(-1/2).
    const auto root = reciprocal_sqrt(d, base);
    return hn::Mul(x, hn::Mul(root, hn::Mul(root, reciprocal_sqrt(d, root))));
  }
  HWY_ALIGN float values[hn::MaxLanes(D())];
  hn::Store(base, d, values);
  for (size_t i = 0; i < hn::Lanes(d); ++i) values[i] = std::pow(values[i], -scale.beta);
  return hn::Mul(x, hn::Load(d, values));
}

void pixel(const LrnProblem& p, const ImageLayout& layout, const float* in, float* out,
           float* scratch) {
  const hn::CappedTag<float, 16> d;
  const hn::CappedTag<float, 1> d1;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), channels = p.shape.c;
  const int64_t before = reach_before(p), window = before + 1 + reach_after(p);
  float* squares = scratch + before;
  // The zeros before the first channel stay; those behind the last are as many as vectors may read.
  std::fill_n(scratch, before, 0.0f);
  std::fill_n(squares + channels, reach_after(p) + 16, 0.0f);
  const Scale scale = scale_of(p);
  const auto at = [&](int64_t c) { return c / 16 * layout.chunk + c % 16; };
  const int64_t stored = layout.padded ? (channels + 15) / 16 * 16 : channels;
  const int64_t whole = stored / lanes * lanes;
  for (int64_t c = 0; c < whole; c += lanes) {
    const auto x = hn::LoadU(d, in + at(c));
    hn::StoreU(hn::Mul(x, x), d, squares + c);
  }
  for (int64_t c = whole; c < stored; ++c) squares[c] = in[at(c)] * in[at(c)];
  for (int64_t c = 0; c < whole; c += lanes) {
    auto sum = hn::LoadU(d, squares + c - before);
    for (int64_t i = 1; i < window; ++i) sum = hn::Add(sum, hn::LoadU(d, squares + c - before + i));
    hn::StoreU(normalise(d, scale, hn::LoadU(d, in + at(c)), sum), d, out + at(c));
  }
  for (int64_t c = whole; c < stored; ++c) {
    auto sum = hn::LoadU(d1, squares + c - before);
    for (int64_t i = 1; i < window; ++i)
      sum = hn::Add(sum, hn::LoadU(d1, squares + c - before + i));
    hn::StoreU(normalise(d1, scale, hn::LoadU(d1, in + at(c)), sum), d1, out + at(c));
  }
}

template <class D>
HWY_INLINE void plane_step(D d, const LrnProblem& p, const Scale& scale, int64_t c, int64_t plane,
                           const float* in, float* out) {
  const int64_t first = std::max<int64_t>(0, c - reach_before(p));
  const int64_t last = std::min(p.shape.c - 1, c + reach_after(p));
  auto sum = hn::Zero(d);
  for (int64_t i = first; i <= last; ++i) {
    const auto x = hn::LoadU(d, in + i * plane);
    sum = hn::MulAdd(x, x, sum);
  }
  hn::StoreU(normalise(d, scale, hn::LoadU(d, in + c * plane), sum), d, out + c * plane);
}

void planes(const LrnProblem& p, const float* in, float* out, int64_t count) {
  const hn::ScalableTag<float> d;
  const hn::CappedTag<float, 1> d1;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), plane = p.shape.h * p.shape.w;
  const Scale scale = scale_of(p);
  for (int64_t c = 0; c < p.shape.c; ++c) {
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) plane_step(d, p, scale, c, plane, in + i, out + i);
    for (; i < count; ++i) plane_step(d1, p, scale, c, plane, in + i, out + i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(pixel);
HWY_EXPORT(planes);

int64_t lrn_pixel_floats(const LrnProblem& problem) {
  const int64_t reach = std::min(problem.size, 2 * problem.shape.c) + 16;  // pixel() needs less
  return (problem.shape.c + reach + 15) / 16 * 16;
}

void lrn_pixel(const LrnProblem& problem, const ImageLayout& layout, const float* in, float* out,
               float* scratch) {
  HWY_DYNAMIC_DISPATCH(pixel)(problem, layout, in, out, scratch);
}

void lrn_planes(const LrnProblem& problem, const float* in, float* out, int64_t count) {
  HWY_DYNAMIC_DISPATCH(planes)(problem, in, out, count);
}

}  // namespace kernwise::detail
#endif
