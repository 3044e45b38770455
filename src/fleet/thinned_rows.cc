// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "thinned_rows.h"

#include <numeric>

#include "kernwise/base/rng.h"

namespace kernwise::detail {

std::vector<std::size_t> thinned_rows(std::span<const std::size_t> rows, std::size_t most) {
  if (rows.size() <= most) return {rows.begin(), rows.end()};
  Rng rng(1);
  std::vector<std::size_t> kept;
  for (std::size_t k = 0; k < most; ++k) {
    const auto first = static_cast<int64_t>(k * rows.size() / most);
    const auto last = static_cast<int64_t>((k + 1) * rows.size() / most) - 1;
    kept.push_back(rows[static_cast<std::size_t>(rng.integer(first, last))]);
  }
  return kept;
}

std::vector<std::size_t> thinned_rows(std::size_t count, std::size_t most) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return thinned_rows(all, most);
}

}  // namespace kernwise::detail
