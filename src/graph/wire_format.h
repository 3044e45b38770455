// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Fields of protobuf's wire format (protobuf.dev, "Encoding"), for what must be known of a message
// before it is parsed, and for messages whose large parts are placed by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kernwise::detail {

// One field of a message: everything up to its end, and the payload if it is length-delimited.
struct WireField {
  int number = 0;
  bool delimited = false;
  std::string_view whole, payload;
};

// Takes the first field off `rest`. None if it is malformed or a group, which nothing in ONNX has.
std::optional<WireField> take_field(std::string_view& rest);

inline void append_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

inline void append_field_header(std::string& out, int field, std::size_t length) {
  append_varint(out, static_cast<uint64_t>(field) << 3 | 2);
  append_varint(out, length);
}

}  // namespace kernwise::detail
