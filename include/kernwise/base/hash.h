// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Content hashes for fingerprints and provenance: XXH3, 128 bits, as 32 lower-case hex digits.
// Not cryptographic: they detect accidents, not attacks.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kernwise {

std::string content_hash(std::span<const std::byte> bytes);
std::string content_hash(std::string_view text);

// The same hash as a number, for tables of millions.
struct Hash128 {
  uint64_t high = 0, low = 0;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};
Hash128 hash128(std::string_view text);
std::string to_string(const Hash128& hash);  // what content_hash says of the same text

// For the standard's hash tables: the bits are as good as random already.
struct Hash128Bucket {
  std::size_t operator()(const Hash128& hash) const { return static_cast<std::size_t>(hash.low); }
};

}  // namespace kernwise
