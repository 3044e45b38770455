// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "matmul.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "matmul.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// How much of b is copied together at a time: 256 rows of a panel stay in the first-level cache.
constexpr int64_t kDepth = 256;
constexpr int64_t kPanelBytes = 32 * 1024;

// One vector of columns [0, width) of up to four rows of c; `panel` holds b's columns, k x 2N.
template <class D, typename T = hn::TFromD<D>>
HWY_INLINE void store_part(D d, T* c, int64_t width, T alpha, hn::Vec<D> sum) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  if (width >= lanes) {
    hn::StoreU(hn::MulAdd(hn::Set(d, alpha), sum, hn::LoadU(d, c)), d, c);
    return;
  }
  if (width <= 0) return;
  HWY_ALIGN T part[hn::MaxLanes(d)];
  hn::Store(hn::Mul(hn::Set(d, alpha), sum), d, part);
  for (int64_t i = 0; i < width; ++i) c[i] += part[i];
}

template <class D, typename T = hn::TFromD<D>>
HWY_INLINE void four_rows(D d, int64_t k, T alpha, const T* a, int64_t lda, const T* panel, T* c,
                          int64_t ldc, int64_t width) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  auto c00 = hn::Zero(d), c01 = c00, c10 = c00, c11 = c00;
  auto c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (int64_t i = 0; i < k; ++i, panel += 2 * lanes) {
    const auto b0 = hn::LoadU(d, panel), b1 = hn::LoadU(d, panel + lanes);
    const auto a0 = hn::Set(d, a[i]), a1 = hn::Set(d, a[lda + i]);
    c00 = hn::MulAdd(a0, b0, c00);
    c01 = hn::MulAdd(a0, b1, c01);
    c10 = hn::MulAdd(a1, b0, c10);
    c11 = hn::MulAdd(a1, b1, c11);
    const auto a2 = hn::Set(d, a[2 * lda + i]), a3 = hn::Set(d, a[3 * lda + i]);
    c20 = hn::MulAdd(a2, b0, c20);
    c21 = hn::MulAdd(a2, b1, c21);
    c30 = hn::MulAdd(a3, b0, c30);
    c31 = hn::MulAdd(a3, b1, c31);
  }
  store_part(d, c, width, alpha, c00);
  store_part(d, c + lanes, width - lanes, alpha, c01);
  store_part(d, c + ldc, width, alpha, c10);
  store_part(d, c + ldc + lanes, width - lanes, alpha, c11);
  store_part(d, c + 2 * ldc, width, alpha, c20);
  store_part(d, c + 2 * ldc + lanes, width - lanes, alpha, c21);
  store_part(d, c + 3 * ldc, width, alpha, c30);
  store_part(d, c + 3 * ldc + lanes, width - lanes, alpha, c31);
}

// Few rows: b is read once, in place. Four vectors side by side hide the latency of one row.
template <class D, typename T = hn::TFromD<D>>
HWY_INLINE void one_row(D d, int64_t n, int64_t k, T alpha, const T* a, const T* b, int64_t ldb,
                        T* c) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t j = 0;
  for (; j + 4 * lanes <= n; j += 4 * lanes) {
    auto c0 = hn::Zero(d), c1 = c0, c2 = c0, c3 = c0;
    const T* row = b + j;
    for (int64_t i = 0; i < k; ++i, row += ldb) {
      const auto s = hn::Set(d, a[i]);
      c0 = hn::MulAdd(s, hn::LoadU(d, row), c0);
      c1 = hn::MulAdd(s, hn::LoadU(d, row + lanes), c1);
      c2 = hn::MulAdd(s, hn::LoadU(d, row + 2 * lanes), c2);
      c3 = hn::MulAdd(s, hn::LoadU(d, row + 3 * lanes), c3);
    }
    store_part(d, c + j, lanes, alpha, c0);
    store_part(d, c + j + lanes, lanes, alpha, c1);
    store_part(d, c + j + 2 * lanes, lanes, alpha, c2);
    store_part(d, c + j + 3 * lanes, lanes, alpha, c3);
  }
  for (; j + lanes <= n; j += lanes) {
    auto c0 = hn::Zero(d);
    for (int64_t i = 0; i < k; ++i) {
      c0 = hn::MulAdd(hn::Set(d, a[i]), hn::LoadU(d, b + i * ldb + j), c0);
    }
    store_part(d, c + j, lanes, alpha, c0);
  }
  for (; j < n; ++j) {
    T sum = 0;
    for (int64_t i = 0; i < k; ++i) sum += a[i] * b[i * ldb + j];
    c[j] += alpha * sum;
  }
}

template <typename T>
void product(int64_t m, int64_t n, int64_t k, T alpha, const T* a, int64_t lda, const T* b,
             int64_t ldb, T* c, int64_t ldc) {
  const hn::ScalableTag<T> d;
  const int64_t width = 2 * static_cast<int64_t>(hn::Lanes(d));
  if (m < 4) {
    for (int64_t i = 0; i < m; ++i) one_row(d, n, k, alpha, a + i * lda, b, ldb, c + i * ldc);
    return;
  }
  HWY_ALIGN T panel[kPanelBytes / sizeof(T)];
  const int64_t depth = std::min(kDepth, kPanelBytes / static_cast<int64_t>(sizeof(T)) / width);
  for (int64_t k0 = 0; k0 < k; k0 += depth) {
    const int64_t kb = std::min(depth, k - k0);
    for (int64_t j = 0; j < n; j += width) {
      const int64_t w = std::min(width, n - j);
      for (int64_t i = 0; i < kb; ++i) {
        const T* from = b + (k0 + i) * ldb + j;
        std::copy(from, from + w, panel + i * width);
        std::fill(panel + i * width + w, panel + (i + 1) * width, T{0});
      }
      int64_t r = 0;
      for (; r + 4 <= m; r += 4) {
        four_rows(d, kb, alpha, a + r * lda + k0, lda, panel, c + r * ldc + j, ldc, w);
      }
      for (; r < m; ++r) one_row(d, w, kb, alpha, a + r * lda + k0, panel, width, c + r * ldc + j);
    }
  }
}

void product_f32(int64_t m, int64_t n, int64_t k, float alpha, const float* a, int64_t lda,
                 const float* b, int64_t ldb, float* c, int64_t ldc) {
  product<float>(m, n, k, alpha, a, lda, b, ldb, c, ldc);
}
void product_f64(int64_t m, int64_t n, int64_t k, double alpha, const double* a, int64_t lda,
                 const double* b, int64_t ldb, double* c, int64_t ldc) {
  product<double>(m, n, k, alpha, a, lda, b, ldb, c, ldc);
}

void dots_of(const float* k, int64_t rows, const float* coefficients, int64_t stride,
             const int32_t* columns, int64_t count, float* out) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t whole = rows / lanes * lanes;
  const auto rest = [&](const float* c) {
    float sum = 0;
    for (int64_t i = whole; i < rows; ++i) sum += k[i] * c[i];
    return sum;
  };
  int64_t j = 0;
  for (; j + 4 <= count; j += 4) {
    const float* c0 = coefficients + columns[j] * stride;
    const float* c1 = coefficients + columns[j + 1] * stride;
    const float* c2 = coefficients + columns[j + 2] * stride;
    const float* c3 = coefficients + columns[j + 3] * stride;
    auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
    for (int64_t i = 0; i < whole; i += lanes) {
      const auto v = hn::LoadU(d, k + i);
      s0 = hn::MulAdd(v, hn::LoadU(d, c0 + i), s0);
      s1 = hn::MulAdd(v, hn::LoadU(d, c1 + i), s1);
      s2 = hn::MulAdd(v, hn::LoadU(d, c2 + i), s2);
      s3 = hn::MulAdd(v, hn::LoadU(d, c3 + i), s3);
    }
    out[j] = hn::GetLane(hn::SumOfLanes(d, s0)) + rest(c0);
    out[j + 1] = hn::GetLane(hn::SumOfLanes(d, s1)) + rest(c1);
    out[j + 2] = hn::GetLane(hn::SumOfLanes(d, s2)) + rest(c2);
    out[j + 3] = hn::GetLane(hn::SumOfLanes(d, s3)) + rest(c3);
  }
  for (; j < count; ++j) {
    const float* c = coefficients + columns[j] * stride;
    auto s = hn::Zero(d);
    for (int64_t i = 0; i < whole; i += lanes) {
      s = hn::MulAdd(hn::LoadU(d, k + i), hn::LoadU(d, c + i), s);
    }
    out[j] = hn::GetLane(hn::SumOfLanes(d, s)) + rest(c);
  }
}

// exp(-r) for r >= 0, to 2e-7: 2^n times the degree-6 Taylor polynomial of 2^f, |f| <= 1/2.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V exp_of_minus(D d, V r) {
  const hn::RebindToSigned<D> di;
  const auto t = hn::Max(hn::Mul(r, hn::Set(d, -1.44269504F)), hn::Set(d, -126.0F));
  const auto n = hn::Round(t);
  const auto f = hn::Sub(t, n);
  auto p = hn::Set(d, 1.54035304e-4F);
  for (const float c :
       {1.33335581e-3F, 9.61812911e-3F, 5.55041087e-2F, 2.40226507e-1F, 6.93147181e-1F, 1.0F}) {
    p = hn::MulAdd(p, f, hn::Set(d, c));
  }
  const auto power = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(di, n), hn::Set(di, 127)));
  return hn::Mul(p, hn::BitCast(d, power));
}

// By Newton's step on the estimate of the reciprocal root: the instruction for roots takes longer
// than all the rest. Zero stays zero, but for 1e-15.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V root_of(D d, V square) {
  const auto x = hn::Max(square, hn::Set(d, 1e-30F));
  const auto y = hn::ApproximateReciprocalSqrt(x);
  const auto half = hn::Mul(hn::Set(d, 0.5F), hn::Mul(x, y));
  return hn::Mul(hn::Mul(x, y), hn::NegMulAdd(half, y, hn::Set(d, 1.5F)));
}

void matern(const float* z, int64_t features, const float* points, int64_t stride, int64_t rows,
            float* to) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto three = hn::Set(d, 3.0F), one = hn::Set(d, 1.0F);
  int64_t i = 0;
  for (; i + lanes <= rows; i += lanes) {
    auto square = hn::Zero(d);
    for (int64_t f = 0; f < features; ++f) {
      const auto step = hn::Sub(hn::Set(d, z[f]), hn::LoadU(d, points + f * stride + i));
      square = hn::MulAdd(step, step, square);
    }
    const auto r = root_of(d, hn::Mul(three, square));
    hn::StoreU(hn::Mul(hn::Add(one, r), exp_of_minus(d, r)), d, to + i);
  }
  for (; i < rows; ++i) {
    float square = 0;
    for (int64_t f = 0; f < features; ++f) {
      const float step = z[f] - points[f * stride + i];
      square += step * step;
    }
    const float r = std::sqrt(3 * square);
    to[i] = (1 + r) * std::exp(-r);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {
HWY_EXPORT(product_f32);
HWY_EXPORT(product_f64);
HWY_EXPORT(dots_of);
HWY_EXPORT(matern);

void matmul_add(int64_t m, int64_t n, int64_t k, float alpha, const float* a, int64_t lda,
                const float* b, int64_t ldb, float* c, int64_t ldc) {
  HWY_DYNAMIC_DISPATCH(product_f32)(m, n, k, alpha, a, lda, b, ldb, c, ldc);
}
void matmul_add(int64_t m, int64_t n, int64_t k, double alpha, const double* a, int64_t lda,
                const double* b, int64_t ldb, double* c, int64_t ldc) {
  HWY_DYNAMIC_DISPATCH(product_f64)(m, n, k, alpha, a, lda, b, ldb, c, ldc);
}
void dots(const float* k, int64_t rows, const float* coefficients, int64_t stride,
          const int32_t* columns, int64_t count, float* out) {
  HWY_DYNAMIC_DISPATCH(dots_of)(k, rows, coefficients, stride, columns, count, out);
}
void matern_row(const float* z, int64_t features, const float* points, int64_t stride, int64_t rows,
                float* to) {
  HWY_DYNAMIC_DISPATCH(matern)(z, features, points, stride, rows, to);
}
}  // namespace kernwise::detail
#endif
