// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the registry joins into its one table, each function in the order its primitives are listed.
// A factory builds fresh objects and fails only by std::bad_alloc.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernwise/primitives/primitive.h"

namespace kernwise::detail {

using Primitives = std::vector<std::unique_ptr<const Primitive>>;

// On oneDNN (src/primitives/onednn/).
Primitives onednn_convolutions();
Primitives onednn_operators();
Primitives onednn_transforms();
Primitives onednn_int8();  // all of less precision than fp32

// kernwise's own (src/primitives/conv/, src/primitives/ops/).
Primitives winograd_convolutions();
Primitives fft_convolutions();
Primitives gemm_convolutions();
Primitives depthwise_convolutions();
Primitives direct_convolutions();
Primitives own_operators();
Primitives own_transforms();

// Of plain matrix kernels and max pooling, on several libraries and our own
// (src/primitives/kernels/).
Primitives matrix_kernels();

// On devices other than the processor (src/primitives/resource/); they refuse everything in a build
// without OpenCL or CUDA, and where there is no such device.
Primitives device_variants(const std::string& resource_class);  // "opencl", "cuda"
Primitives cuda_primitives();

// On XNNPACK (src/primitives/xnnpack/); they refuse everything in a build without it.
Primitives xnnpack_primitives();

}  // namespace kernwise::detail
