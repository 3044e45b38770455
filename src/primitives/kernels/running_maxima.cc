// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/running_maxima.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/running_maxima.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void pairwise(int64_t count, const float* a, const float* b, float* out) {
  const hn::ScalableTag<float> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(hn::Max(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, out + i);
  for (; i < count; ++i) out[i] = std::max(a[i], b[i]);
}

void rows(const RunningRows& lines, const float* in, float* forward, float* backward) {
  const int64_t width = lines.width;
  for (int64_t first = 0; first < lines.rows; first += lines.window) {
    const int64_t last = std::min(first + lines.window, lines.rows) - 1;
    std::copy_n(in + first * width, width, forward + first * width);
    for (int64_t y = first + 1; y <= last; ++y)
      pairwise(width, forward + (y - 1) * width, in + y * width, forward + y * width);
    std::copy_n(in + last * width, width, backward + last * width);
    for (int64_t y = last - 1; y >= first; --y)
      pairwise(width, backward + (y + 1) * width, in + y * width, backward + y * width);
  }
}

// The chains of one block are short and those of different blocks independent, so plain loops keep
// the processor busy.
void row(const RunningRow& line, float* row, float* forward, float* out) {
  for (int64_t first = 0; first < line.width; first += line.window) {
    const int64_t last = std::min(first + line.window, line.width) - 1;
    forward[first] = row[first];
    for (int64_t x = first + 1; x <= last; ++x) forward[x] = std::max(forward[x - 1], row[x]);
    for (int64_t x = last - 1; x >= first; --x) row[x] = std::max(row[x + 1], row[x]);
  }
  if (line.step == 1) return pairwise(line.windows, row, forward + line.window - 1, out);
  for (int64_t x = 0; x < line.windows; ++x)
    out[x] = std::max(row[x * line.step], forward[x * line.step + line.window - 1]);
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(pairwise);
HWY_EXPORT(rows);
HWY_EXPORT(row);

void pairwise_maxima(int64_t count, const float* a, const float* b, float* out) {
  HWY_DYNAMIC_DISPATCH(pairwise)(count, a, b, out);
}

void running_rows(const RunningRows& lines, const float* in, float* forward, float* backward) {
  HWY_DYNAMIC_DISPATCH(rows)(lines, in, forward, backward);
}

void running_row(const RunningRow& line, float* values, float* spare, float* out) {
  HWY_DYNAMIC_DISPATCH(row)(line, values, spare, out);
}

}  // namespace kernwise::detail
#endif
