// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "wire_format.h"

namespace kernwise::detail {
namespace {

std::optional<uint64_t> take_varint(std::string_view& rest) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(rest.front());
    rest.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<WireField> take_field(std::string_view& rest) {
  const std::string_view start = rest;
  const std::optional<uint64_t> tag = take_varint(rest);
  if (!tag || *tag >> 3 == 0 || *tag >> 3 > 0x1FFFFFFF) return std::nullopt;
  WireField field{static_cast<int>(*tag >> 3), false, {}, {}};
  uint64_t length = 0;
  switch (*tag & 7) {
    case 0:
      if (!take_varint(rest)) return std::nullopt;
      break;
    case 1: length = 8; break;
    case 5: length = 4; break;
    case 2: {
      const std::optional<uint64_t> size = take_varint(rest);
      if (!size) return std::nullopt;
      length = *size;
      field.delimited = true;
      break;
    }
    default: return std::nullopt;
  }
  if (length > rest.size()) return std::nullopt;
  if (field.delimited) field.payload = rest.substr(0, length);
  rest.remove_prefix(length);
  field.whole = start.substr(0, start.size() - rest.size());
  return field;
}

}  // namespace kernwise::detail
