// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How each problem kind is computed on a device, in two variants: `global` work-items read global
// memory alone, `tiled` ones (gemv: `local`) share local memory within a group. The pair is that of
// Srivastava et al. 2020 (CUDA global and shared memory).
#pragma once

#include <variant>
#include <vector>

#include "kernwise/primitives/primitive.h"
#include "resource/device_resource.h"

namespace kernwise::detail {

struct DeviceVariant {
  std::string_view name;    // "gemm-tiled"; an id is the class of resource before it
  std::string_view family;  // "global-memory", "local-memory"
  ProblemKind kind = ProblemKind::kGemm;
  std::variant<Launch, Refused> (*plan)(const Problem& problem) = nullptr;
};

std::vector<DeviceVariant> gemm_variants();
std::vector<DeviceVariant> gemv_variants();
std::vector<DeviceVariant> matconv_variants();
std::vector<DeviceVariant> pool_variants();

// Groups of `size` that cover `count`.
inline int64_t groups_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

// Why a problem cannot be launched: the kernels count elements in 32 bits, and grids have at most
// 65535 groups along y and z (CUDA). Empty if it can.
std::string too_large(const Problem& problem, const Launch& launch);

}  // namespace kernwise::detail
