// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Few of many rows, spread over all of them: one at random from each of `most` equal parts, always
// the same ones. Every k-th row would not do: tables list designs as numbers are counted, so that a
// regular step meets the same choices at several positions again and again.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kernwise::detail {

std::vector<std::size_t> thinned_rows(std::span<const std::size_t> rows, std::size_t most);
// Of the rows 0 to count - 1.
std::vector<std::size_t> thinned_rows(std::size_t count, std::size_t most);

}  // namespace kernwise::detail
