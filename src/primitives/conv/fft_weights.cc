// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <complex>
#include <vector>

#include "conv/fft_transform.h"
#include "conv/roots_of_unity.h"

namespace kernwise::detail {

void fft_weights(int64_t size, const ConvProblem& p, std::span<const float> weights,
                 float* packed) {
  using Complex = std::complex<double>;
  const FftFrequencies frequencies{size};
  const int64_t imaginary_k = chunks_of(p.ic) * kChunk, imaginary_n = chunks_of(p.oc) * kChunk;
  const int64_t k = 2 * imaginary_k, n = 2 * imaginary_n;
  const int64_t position_floats = packed_b_floats(k, n);
  std::vector<Complex> roots;  // of the conjugate: correlation, not convolution
  for (int64_t i = 0; i < size; ++i) {
    const Root root = root_of_unity(static_cast<int>(i), static_cast<int>(size));
    roots.emplace_back(root.cosine, root.sine);
  }

  std::fill_n(packed, frequencies.count() * position_floats, 0.0f);
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < p.ic; ++i) {
    std::vector<Complex> column_sums(p.kh);
    for (int64_t o = 0; o < p.oc; ++o) {
      const float* filter = weights.data() + (o * p.ic + i) * p.kh * p.kw;
      const int64_t at[2][2] = {
          {packed_b_offset(k, n, i, o), packed_b_offset(k, n, i, imaginary_n + o)},
          {packed_b_offset(k, n, imaginary_k + i, o),
           packed_b_offset(k, n, imaginary_k + i, imaginary_n + o)}};
      for (int64_t column = 0; column <= size / 2; ++column) {
        for (int64_t y = 0; y < p.kh; ++y) {
          column_sums[y] = 0;
          for (int64_t x = 0; x < p.kw; ++x)
            column_sums[y] += roots[column * x % size] * static_cast<double>(filter[y * p.kw + x]);
        }
        // The inverse transforms' 1 / size^2, and what fft_input() leaves out.
        const double scale =
            1.0 / static_cast<double>(size * size * (frequencies.edge(column) ? 4 : 2));
        for (int64_t row = 0; row < frequencies.rows(column); ++row) {
          Complex sum = 0;
          for (int64_t y = 0; y < p.kh; ++y) sum += roots[row * y % size] * column_sums[y];
          sum *= scale;
          float* to = packed + (frequencies.position(column) + row) * position_floats;
          to[at[0][0]] = to[at[1][1]] = static_cast<float>(sum.real());
          to[at[0][1]] = static_cast<float>(sum.imag());
          to[at[1][0]] = static_cast<float>(-sum.imag());
        }
      }
    }
  }
}

}  // namespace kernwise::detail
