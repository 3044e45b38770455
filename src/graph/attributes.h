// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Typed look-up of a node's attributes. An absent one gives the fallback (the operator's default);
// one of another type is kInvalidInput.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"

namespace kernwise::detail {

bool has_attribute(const Node& node, const std::string& name);
Result<int64_t> int_attribute(const Node& node, const std::string& name, int64_t fallback);
Result<float> float_attribute(const Node& node, const std::string& name, float fallback);
Result<std::string> string_attribute(const Node& node, const std::string& name,
                                     std::string fallback);
Result<std::vector<int64_t>> ints_attribute(const Node& node, const std::string& name,
                                            std::vector<int64_t> fallback);

// "-1 counts from the end": an axis in [-rank, upper] as one in [0, upper].
Result<int64_t> resolve_axis(int64_t axis, int64_t rank, int64_t upper);

}  // namespace kernwise::detail
