// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Operators on constants, computed while shapes are inferred: exporters write sizes as arithmetic
// on Shape, and weights may pass a Transpose. Float32, int64, int32 and bool; integers wrap.
// Nothing larger than kMaxFolded elements is computed: the inputs are untrusted.
// Thread-safety: pure functions.
#pragma once

#include <span>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"
#include "kernwise/graph/problem.h"

namespace kernwise::detail {

inline constexpr int64_t kMaxFolded = int64_t{1} << 26;

// dims: the broadcast ones. Not prelu.
Result<ConstantTensor> fold_binary(BinaryKind kind, const ConstantTensor& a,
                                   const ConstantTensor& b, const std::vector<int64_t>& dims);
// Along `axis`; dims are the result's.
Result<ConstantTensor> fold_concat(std::span<const ConstantTensor* const> parts, int64_t axis,
                                   const std::vector<int64_t>& dims);
// Element (i0, i1, ...) of the result is element offset + i0 * strides[0] + ... of the tensor.
Result<ConstantTensor> fold_strided(const ConstantTensor& from, int64_t offset,
                                    const std::vector<int64_t>& strides,
                                    const std::vector<int64_t>& dims);
// Element i of the result is element indices[i] of the tensor.
Result<ConstantTensor> fold_gather(const ConstantTensor& from, std::span<const int64_t> indices,
                                   const std::vector<int64_t>& dims);
Result<ConstantTensor> fold_cast(const ConstantTensor& from, DataType to);

// Elements between neighbours along each dimension of a tensor in row-major order.
std::vector<int64_t> row_major_strides(const std::vector<int64_t>& dims);

}  // namespace kernwise::detail
