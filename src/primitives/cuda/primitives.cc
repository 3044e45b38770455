// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cuda/cublas_primitives.h"
#include "factories.h"

namespace kernwise::detail {

Primitives cuda_primitives() {
  Primitives primitives;
  primitives.push_back(make_cublas_primitive(ProblemKind::kGemm));
  primitives.push_back(make_cublas_primitive(ProblemKind::kGemv));
  for (auto& variant : device_variants("cuda")) primitives.push_back(std::move(variant));
  return primitives;
}

}  // namespace kernwise::detail
