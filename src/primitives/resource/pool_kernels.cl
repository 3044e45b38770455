// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The maximum of each window of kh x kw, strides sh and sw, over planes of ih x iw that stand pt
// below and pl to the right of the first window's corner; results of oh x ow. Groups along z are
// planes. Work-item (x, y) computes out[y, x].
// The words in capitals are those of OpenCL (opencl/words.cl) or of CUDA (cuda/words.cuh).

KERNEL void pool_global(GLOBAL const float* RESTRICT in, GLOBAL float* RESTRICT out, int ih, int iw,
                        int oh, int ow, int kh, int kw, int sh, int sw, int pt, int pl) {
  const int x = GROUP(0) * 16 + ITEM(0);
  const int y = GROUP(1) * 16 + ITEM(1);
  if (y >= oh || x >= ow) return;
  GLOBAL const float* plane = in + GROUP(2) * ih * iw;
  float most = -INFINITY;
  for (int i = 0; i < kh; ++i) {
    const int row = y * sh - pt + i;
    if (row < 0 || row >= ih) continue;
    for (int j = 0; j < kw; ++j) {
      const int column = x * sw - pl + j;
      if (column >= 0 && column < iw) most = fmax(most, plane[row * iw + column]);
    }
  }
  out[(GROUP(2) * oh + y) * ow + x] = most;
}

// The pixels that a group looks at, at most 48 x 48, lie in local memory; beyond the image they are
// minus infinity.
KERNEL void pool_tiled(GLOBAL const float* RESTRICT in, GLOBAL float* RESTRICT out, int ih, int iw,
                       int oh, int ow, int kh, int kw, int sh, int sw, int pt, int pl) {
  LOCAL float pixels[48 * 48];
  const int x = ITEM(0), y = ITEM(1);
  const int left = GROUP(0) * 16 * sw - pl, top = GROUP(1) * 16 * sh - pt;
  GLOBAL const float* plane = in + GROUP(2) * ih * iw;
  for (int i = y; i < 15 * sh + kh; i += 16)
    for (int j = x; j < 15 * sw + kw; j += 16) {
      const int row = top + i, column = left + j;
      pixels[i * 48 + j] = row >= 0 && row < ih && column >= 0 && column < iw
                               ? plane[row * iw + column]
                               : -INFINITY;
    }
  BARRIER;
  if (GROUP(1) * 16 + y >= oh || GROUP(0) * 16 + x >= ow) return;
  float most = -INFINITY;
  for (int i = 0; i < kh; ++i)
    for (int j = 0; j < kw; ++j) most = fmax(most, pixels[(y * sh + i) * 48 + x * sw + j]);
  out[(GROUP(2) * oh + GROUP(1) * 16 + y) * ow + GROUP(0) * 16 + x] = most;
}
