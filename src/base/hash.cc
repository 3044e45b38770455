// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/hash.h"

#include <fmt/format.h>
#include <xxhash.h>

namespace kernwise {

std::string content_hash(std::span<const std::byte> bytes) {
  return to_string(hash128({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

std::string content_hash(std::string_view text) {
  return content_hash(std::as_bytes(std::span(text.data(), text.size())));
}

Hash128 hash128(std::string_view text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {hash.high64, hash.low64};
}

std::string to_string(const Hash128& hash) {
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

}  // namespace kernwise
