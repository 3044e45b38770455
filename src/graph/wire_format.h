// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Length-delimited fields of protobuf's wire format (protobuf.dev, "Encoding"), for messages whose
// large parts are placed by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace kernwise::detail {

inline void append_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

inline void append_field_header(std::string& out, int field, std::size_t length) {
  append_varint(out, static_cast<uint64_t>(field) << 3 | 2);
  append_varint(out, length);
}

}  // namespace kernwise::detail
