// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// OpenCL C for the words of the kernels in resource/*_kernels.cl; stands before each of them.
#define KERNEL __kernel
#define GLOBAL __global
#define LOCAL __local
#define RESTRICT restrict
#define GROUP(axis) ((int)get_group_id(axis))
#define ITEM(axis) ((int)get_local_id(axis))
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE)
