// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "runs_blob.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace kernwise::detail {
namespace {

uint64_t little_endian(uint64_t bits) {
  if constexpr (std::endian::native == std::endian::big) return __builtin_bswap64(bits);
  return bits;
}

}  // namespace

std::string encode_runs(std::span<const double> runs) {
  std::string blob(runs.size() * 8, '\0');
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const uint64_t bits = little_endian(std::bit_cast<uint64_t>(runs[i]));
    std::memcpy(blob.data() + 8 * i, &bits, 8);
  }
  return blob;
}

std::optional<std::vector<double>> decode_runs(const void* data, std::size_t bytes) {
  if (bytes % 8 != 0) return std::nullopt;
  std::vector<double> runs(bytes / 8);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    uint64_t bits = 0;
    std::memcpy(&bits, static_cast<const char*>(data) + 8 * i, 8);
    runs[i] = std::bit_cast<double>(little_endian(bits));
    if (!std::isfinite(runs[i])) return std::nullopt;
  }
  return runs;
}

}  // namespace kernwise::detail
