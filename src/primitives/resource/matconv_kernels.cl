// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// out[y, x] = sum over i, j < r of in[y + i, x + j] * taps[i, j]: valid correlation of an image of
// h x w, results of oh x ow. Work-item (x, y) computes out[y, x].
// The words in capitals are those of OpenCL (opencl/words.cl) or of CUDA (cuda/words.cuh).

KERNEL void matconv_global(GLOBAL const float* RESTRICT in, GLOBAL const float* RESTRICT taps,
                           GLOBAL float* RESTRICT out, int h, int w, int oh, int ow, int r) {
  const int x = GROUP(0) * 16 + ITEM(0);
  const int y = GROUP(1) * 16 + ITEM(1);
  if (y >= oh || x >= ow) return;
  float sum = 0;
  for (int i = 0; i < r; ++i)
    for (int j = 0; j < r; ++j) sum += in[(y + i) * w + x + j] * taps[i * r + j];
  out[y * ow + x] = sum;
}

// The pixels that a group looks at, at most 32 x 32, and the kernel, at most 17 x 17, lie in local
// memory.
KERNEL void matconv_tiled(GLOBAL const float* RESTRICT in, GLOBAL const float* RESTRICT taps,
                          GLOBAL float* RESTRICT out, int h, int w, int oh, int ow, int r) {
  LOCAL float pixels[32 * 32];
  LOCAL float kernel_taps[17 * 17];
  const int x = ITEM(0), y = ITEM(1);
  const int left = GROUP(0) * 16, top = GROUP(1) * 16;
  for (int i = y * 16 + x; i < r * r; i += 256) kernel_taps[i] = taps[i];
  for (int i = y; i < 16 + r - 1; i += 16)
    for (int j = x; j < 16 + r - 1; j += 16)
      pixels[i * 32 + j] = top + i < h && left + j < w ? in[(top + i) * w + left + j] : 0.0f;
  BARRIER;
  if (top + y >= oh || left + x >= ow) return;
  float sum = 0;
  for (int i = 0; i < r; ++i)
    for (int j = 0; j < r; ++j) sum += pixels[(y + i) * 32 + x + j] * kernel_taps[i * r + j];
  out[(top + y) * ow + left + x] = sum;
}
