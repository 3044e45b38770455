// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The transforms of convolution by the two-dimensional discrete Fourier transform of real tiles
// (Mathieu, Henaff & LeCun, "Fast Training of Convolutional Networks through FFTs", 2013):
//
//   y = F^-1( F(x) . conj(F(w)) )
//
// A tile reads s x s inputs, s = 16 or 32, and makes the (s - kh + 1) x (s - kw + 1) outputs that
// the circular correlation does not wrap around (overlap-save). Each frequency is one complex
// product over the channels; the tile being real, s^2 / 2 + 2 frequencies determine the others.
//
// Each lane of a vector is a channel, so the transforms are plain radix-4 steps on whole vectors,
// without any shuffle: that, and the layout, is why no FFT library is used here.
#pragma once

#include <cstdint>
#include <span>

#include "conv/tile_grid.h"

namespace kernwise::detail {

// Frequencies (row, column) that are kept: all rows of the columns between 0 and s / 2; of these
// two, whose tiles' spectra are those of real sequences, the rows up to s / 2.
struct FftFrequencies {
  int64_t size = 16;

  int64_t count() const { return size * size / 2 + 2; }
  int64_t rows(int64_t column) const { return edge(column) ? size / 2 + 1 : size; }
  bool edge(int64_t column) const { return column == 0 || column == size / 2; }
  // Of row 0; the rows follow each other.
  int64_t position(int64_t column) const {
    if (column == 0) return 0;
    return column == size / 2 ? size / 2 + 1 : 2 + column * size;
  }
};

// The tiles hold the spectra times 2, and times 4 at edge columns; the weights make up for that.
void fft_input(const TileGrid& grid, const ImageLayout& layout, const float* input,
               const TileWork& work, const TileBuffer& tiles);
void fft_output(const TileGrid& grid, const ImageLayout& layout, const TileBuffer& tiles,
                const TileWork& work, const Epilogue& epilogue, float* output);

// Weights [oc, ic, kh, kw] as one packed B [2 * 16 * chunks_of(ic), 2 * 16 * chunks_of(oc)] for
// each frequency: real parts first, then imaginary ones. Computed in float64 and rounded once.
void fft_weights(int64_t size, const ConvProblem& problem, std::span<const float> weights,
                 float* packed);

}  // namespace kernwise::detail
