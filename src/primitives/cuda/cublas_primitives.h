// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// gemm and gemv by NVIDIA's own library, to compare the kernels of the pair with: the ids
// "cuda-gemm-cublas" and "cuda-gemv-cublas". They are in the table of every build.
#pragma once

#include <memory>

#include "kernwise/primitives/primitive.h"

namespace kernwise::detail {

inline PrimitiveInfo cublas_info(ProblemKind kind) {
  PrimitiveInfo info;
  info.id = "cuda-" + std::string(to_string(kind)) + "-cublas";
  info.family = "blas";
  info.source = "cublas";
  info.kind = kind;
  info.resource = "cuda";
  return info;
}

std::unique_ptr<const Primitive> make_cublas_primitive(ProblemKind kind);  // gemm or gemv

}  // namespace kernwise::detail
