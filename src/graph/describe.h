// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Pieces of error messages that several readers of a network share.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/network.h"

namespace kernwise::detail {

std::string describe_dims(std::span<const int64_t> dims);  // "[1, 3, 224, 224]"
std::string describe_node(const Node& node);               // "Conv (node 'c1')"

// "Conv (node 'c1': transA)"; without a reason the operator itself is what is not supported.
std::string describe_refusal(const Node& node, const std::string& reason);
// The one error for all nodes that were refused.
Error refused_nodes(const std::vector<std::string>& refusals);

// Unless the tensor fits: an error that names it and the flag to use.
Status check_tensor_size(const std::string& name, std::span<const int64_t> dims, Bytes size,
                         Bytes limit);
// The same for what all constants take together, once `name` has been added.
Status check_total_size(const std::string& name, Bytes total, Bytes limit);

}  // namespace kernwise::detail
