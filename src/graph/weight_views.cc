// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "weight_views.h"

#include <onnx/onnx_pb.h>

#include <cstdint>

#include "wire_format.h"

namespace kernwise::detail {
namespace {

constexpr std::size_t kWorthIt = 64;  // shorter raw data may as well be copied

// One field of a message: everything up to its end, and the payload if it is length-delimited.
struct Field {
  int number = 0;
  bool delimited = false;
  std::string_view whole, payload;
};

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

std::optional<Field> take_field(std::string_view& rest) {
  const std::string_view start = rest;
  const std::optional<uint64_t> tag = take_varint(rest);
  if (!tag || *tag >> 3 == 0 || *tag >> 3 > 0x1FFFFFFF) return std::nullopt;
  Field field{static_cast<int>(*tag >> 3), false, {}, {}};
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
    default: return std::nullopt;  // groups; nothing in ONNX has them
  }
  if (length > rest.size()) return std::nullopt;
  if (field.delimited) field.payload = rest.substr(0, length);
  rest.remove_prefix(length);
  field.whole = start.substr(0, start.size() - rest.size());
  return field;
}

// A TensorProto without its raw data, which goes to `view` if it is long and there only once.
bool split_tensor(std::string_view tensor, std::string& skeleton,
                  std::optional<std::string_view>& view) {
  for (std::string_view rest = tensor; !rest.empty();) {
    const std::optional<Field> field = take_field(rest);
    if (!field) return false;
    if (field->number == onnx::TensorProto::kRawDataFieldNumber) {
      if (view || !field->delimited) return false;
      view = field->payload;
      if (field->payload.size() >= kWorthIt) continue;
    }
    skeleton += field->whole;
  }
  if (view && view->size() < kWorthIt) view.reset();
  return true;
}

bool split_graph(std::string_view graph, SplitModel& split, std::string& skeleton) {
  for (std::string_view rest = graph; !rest.empty();) {
    const std::optional<Field> field = take_field(rest);
    if (!field) return false;
    if (field->number != onnx::GraphProto::kInitializerFieldNumber) {
      skeleton += field->whole;
      continue;
    }
    std::string tensor;
    if (!field->delimited || !split_tensor(field->payload, tensor, split.views.emplace_back())) {
      return false;
    }
    append_field_header(skeleton, field->number, tensor.size());
    skeleton += tensor;
  }
  return true;
}

}  // namespace

std::optional<SplitModel> split_weights(std::string_view model) {
  SplitModel split;
  for (std::string_view rest = model; !rest.empty();) {
    const std::optional<Field> field = take_field(rest);
    if (!field) return std::nullopt;
    if (field->number != onnx::ModelProto::kGraphFieldNumber) {
      split.skeleton += field->whole;
      continue;
    }
    std::string graph;
    if (!field->delimited || !split_graph(field->payload, split, graph)) return std::nullopt;
    append_field_header(split.skeleton, field->number, graph.size());
    split.skeleton += graph;
  }
  return split;
}

}  // namespace kernwise::detail
