// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Content hashes for fingerprints and provenance: XXH3, 128 bits, as 32 lower-case hex digits.
// Not cryptographic: they detect accidents, not attacks.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace kernwise {

std::string content_hash(std::span<const std::byte> bytes);
std::string content_hash(std::string_view text);

}  // namespace kernwise
