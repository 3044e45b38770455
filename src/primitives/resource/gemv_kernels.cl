// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// y[m] = A[m x n] * x[n], row-major.
// The words in capitals are those of OpenCL (opencl/words.cl) or of CUDA (cuda/words.cuh).

// One work-item for each row: neighbours read addresses that are n apart.
KERNEL void gemv_global(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT x,
                        GLOBAL float* RESTRICT y, int m, int n) {
  const int row = GROUP(0) * 64 + ITEM(0);
  if (row >= m) return;
  float sum = 0;
  for (int i = 0; i < n; ++i) sum += a[row * n + i] * x[i];
  y[row] = sum;
}

// Sixteen work-items for each of sixteen rows: neighbours read neighbouring addresses, and their
// partial sums meet in local memory.
KERNEL void gemv_local(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT x,
                       GLOBAL float* RESTRICT y, int m, int n) {
  LOCAL float partial[16 * 16];
  const int column = ITEM(0), place = ITEM(1) * 16 + ITEM(0);
  const int row = GROUP(0) * 16 + ITEM(1);
  float sum = 0;
  if (row < m)
    for (int i = column; i < n; i += 16) sum += a[row * n + i] * x[i];
  partial[place] = sum;
  BARRIER;
  for (int apart = 8; apart > 0; apart /= 2) {
    if (column < apart) partial[place] += partial[place + apart];
    BARRIER;
  }
  if (column == 0 && row < m) y[row] = partial[place];
}
