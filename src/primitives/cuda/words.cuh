// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// CUDA C++ for the words of the kernels in resource/*_kernels.cl.
#pragma once

#define KERNEL extern "C" __global__
#define GLOBAL
#define LOCAL __shared__
#define RESTRICT __restrict__
#define GROUP(axis) kernwise_group<axis>()
#define ITEM(axis) kernwise_item<axis>()
#define BARRIER __syncthreads()

template <int axis>
__device__ int kernwise_group() {
  return static_cast<int>(axis == 0 ? blockIdx.x : axis == 1 ? blockIdx.y : blockIdx.z);
}
template <int axis>
__device__ int kernwise_item() {
  return static_cast<int>(axis == 0 ? threadIdx.x : axis == 1 ? threadIdx.y : threadIdx.z);
}
