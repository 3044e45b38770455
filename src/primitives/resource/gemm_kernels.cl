// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// C[m x n] = A[m x k] * B[k x n], row-major. Work-item (x, y) computes C[y][x].
// The words in capitals are those of OpenCL (opencl/words.cl) or of CUDA (cuda/words.cuh).

KERNEL void gemm_global(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b,
                        GLOBAL float* RESTRICT c, int m, int n, int k) {
  const int column = GROUP(0) * 16 + ITEM(0);
  const int row = GROUP(1) * 16 + ITEM(1);
  if (row >= m || column >= n) return;
  float sum = 0;
  for (int i = 0; i < k; ++i) sum += a[row * k + i] * b[i * n + column];
  c[row * n + column] = sum;
}

// A group goes along k in steps of 16, with a 16 x 16 tile of each operand in local memory.
KERNEL void gemm_tiled(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b,
                       GLOBAL float* RESTRICT c, int m, int n, int k) {
  LOCAL float tile_a[16 * 16];
  LOCAL float tile_b[16 * 16];
  const int x = ITEM(0), y = ITEM(1);
  const int column = GROUP(0) * 16 + x;
  const int row = GROUP(1) * 16 + y;
  float sum = 0;
  for (int step = 0; step < k; step += 16) {
    tile_a[y * 16 + x] = row < m && step + x < k ? a[row * k + step + x] : 0.0f;
    tile_b[y * 16 + x] = step + y < k && column < n ? b[(step + y) * n + column] : 0.0f;
    BARRIER;
    for (int i = 0; i < 16; ++i) sum += tile_a[y * 16 + i] * tile_b[i * 16 + x];
    BARRIER;
  }
  if (row < m && column < n) c[row * n + column] = sum;
}
