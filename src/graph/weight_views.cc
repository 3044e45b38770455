// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "weight_views.h"

#include <onnx/onnx_pb.h>

#include "wire_format.h"

namespace kernwise::detail {
namespace {

constexpr std::size_t kWorthIt = 64;  // shorter raw data may as well be copied

// A TensorProto without its raw data, which goes to `view` if it is long and there only once.
bool split_tensor(std::string_view tensor, std::string& skeleton,
                  std::optional<std::string_view>& view) {
  for (std::string_view rest = tensor; !rest.empty();) {
    const std::optional<WireField> field = take_field(rest);
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
    const std::optional<WireField> field = take_field(rest);
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
    const std::optional<WireField> field = take_field(rest);
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
