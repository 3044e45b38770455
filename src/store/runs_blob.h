// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Runs as they lie in the store: IEEE 754 doubles, little-endian, without a header.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kernwise::detail {

std::string encode_runs(std::span<const double> runs);
// Nothing if the length is no multiple of 8 or a value is not finite.
std::optional<std::vector<double>> decode_runs(const void* data, std::size_t bytes);

}  // namespace kernwise::detail
