// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The inner loop of the reference convolution, in float64 and vectorised so that a network can be
// verified in seconds: every output of a convolution is the same weighted sum of input values, only
// shifted. The input is prepared so that the shift is 1 (reference.cc), and then
//
//   out[j][i] = sum over t of weights[t * kTapsOutputs + j] * in[offsets[t] + i]
//
// for kTapsOutputs output channels j at once. The order of summation is that of the taps.
#pragma once

#include <cstdint>
#include <span>

namespace kernwise::detail {

inline constexpr int64_t kTapsOutputs = 4;
// `count` is rounded up to this many positions; in and out must be readable and writable there.
inline constexpr int64_t kTapsRound = 16;

// out holds kTapsOutputs rows, `out_stride` doubles apart.
void reference_taps(const double* in, std::span<const int64_t> offsets, const double* weights,
                    double* out, int64_t out_stride, int64_t count);

}  // namespace kernwise::detail
