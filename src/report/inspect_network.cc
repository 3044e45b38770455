// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <map>

#include "json.h"
#include "kernwise/base/format.h"
#include "kernwise/report/inspect_report.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

std::map<std::string, int64_t> operator_counts(const Network& network) {
  std::map<std::string, int64_t> counts;
  for (const Node& node : network.nodes) ++counts[node.op_type];
  return counts;
}

const Value& value_of(const LayerGraph& graph, ValueId id) {
  return graph.values[static_cast<std::size_t>(id)];
}

// Shapes of outputs are known only after lowering.
Json outputs_json(const NetworkCard& card) {
  Json outputs = Json::array();
  if (card.graph) {
    for (const ValueId id : card.graph->outputs) {
      const Value& value = value_of(*card.graph, id);
      outputs.push_back({{"name", value.name}, {"shape", value.dims}});
    }
  } else {
    for (const std::string& name : card.network.outputs) {
      outputs.push_back({{"name", name}, {"shape", nullptr}});
    }
  }
  return outputs;
}

Json layers_json(const LayerGraph& graph) {
  Json layers = Json::array();
  for (const Layer& layer : graph.layers) {
    layers.push_back({{"layer", layer.name},
                      {"problem", to_string(layer.problem)},
                      {"output_shape", value_of(graph, layer.output).dims},
                      {"weights", weight_elements(layer.problem) + bias_elements(layer.problem)},
                      {"layer_macs", macs(layer.problem).value},
                      {"covers", layer.nodes}});
  }
  return layers;
}

std::string layer_table(const LayerGraph& graph, const TextStyle& style) {
  Table table({{"layer", Align::kLeft, 12},
               {"problem", Align::kLeft, 24},
               {"output", Align::kLeft, 0},
               {"weights", Align::kRight, 0},
               {"MACs", Align::kRight, 0},
               {"nodes", Align::kRight, 0}});
  for (const Layer& layer : graph.layers) {
    const int64_t weights = weight_elements(layer.problem) + bias_elements(layer.problem);
    const Macs work = macs(layer.problem);
    table.add({{layer.name},
               {to_short_string(layer.problem), Ink::kDim},
               {detail::dims_text(value_of(graph, layer.output).dims)},
               {weights > 0 ? std::to_string(weights) : ""},
               {work.value > 0 ? format_macs(work) : ""},
               {std::to_string(layer.nodes.size()), Ink::kDim}});
  }
  return table.render(style);
}

}  // namespace

std::string network_json(const NetworkCard& card, bool layers, const Envelope& envelope) {
  Json inputs = Json::array();
  for (const ValueShape& input : card.network.inputs) {
    inputs.push_back({{"name", input.name}, {"shape", input.dims}});
  }
  Json operators = Json::object();
  for (const auto& [name, count] : operator_counts(card.network)) operators[name] = count;
  Json result = {{"kind", "network"},
                 {"path", card.path},
                 {"name", card.network.name},
                 {"opset", card.network.opset},
                 {"network_hash", card.network.content_hash},
                 {"inputs", std::move(inputs)},
                 {"outputs", outputs_json(card)},
                 {"nodes", card.network.nodes.size()},
                 {"operators", std::move(operators)},
                 {"parameters", parameter_count(card.network)},
                 {"total_macs", card.graph ? Json(total_macs(*card.graph).value) : Json(nullptr)},
                 {"lowered", card.graph.has_value()},
                 {"layer_count", card.graph ? Json(card.graph->layers.size()) : Json(nullptr)}};
  if (layers) result["layers"] = card.graph ? layers_json(*card.graph) : Json(nullptr);
  return detail::envelope_text("inspect", envelope, std::move(result));
}

std::string network_text(const NetworkCard& card, bool layers, const TextStyle& style) {
  const auto name = [&](const std::string& text) { return printable(text, style); };
  std::string text = fmt::format(
      "{}  ONNX network{}, opset {}\n", paint(name(card.path), Ink::kBold, style),
      card.network.name.empty() ? std::string() : fmt::format(" {}", name(card.network.name)),
      card.network.opset);
  for (const ValueShape& input : card.network.inputs) {
    text += fmt::format("input   {}  {}\n", name(input.name), detail::dims_text(input.dims));
  }
  if (card.graph) {
    for (const ValueId id : card.graph->outputs) {
      const Value& value = value_of(*card.graph, id);
      text += fmt::format("output  {}  {}\n", name(value.name), detail::dims_text(value.dims));
    }
  } else {
    for (const std::string& output : card.network.outputs) {
      text += fmt::format("output  {}\n", name(output));
    }
  }
  text += detail::plural(static_cast<int64_t>(card.network.nodes.size()), "node") + ":";
  for (const auto& [op, count] : operator_counts(card.network)) {
    text += fmt::format(" {} {}", count, name(op));
  }
  text += fmt::format("\n{} parameters", parameter_count(card.network));
  if (card.graph) {
    text += fmt::format(", {}\n{} after folding\n", format_macs(total_macs(*card.graph)),
                        detail::plural(static_cast<int64_t>(card.graph->layers.size()), "layer"));
    if (layers) text += fmt::format("\n{}", layer_table(*card.graph, style));
  } else {
    text += "\nit cannot be planned here\n";
  }
  return text;
}

}  // namespace kernwise
