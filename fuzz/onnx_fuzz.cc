// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Bytes -> network -> shapes -> layers -> folded weights, all within 64 MiB. Every input must end
// in a value or an error; what is lowered must keep the promises of LayerGraph.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>

#include "kernwise/base/check.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/onnx.h"

namespace {

using namespace kernwise;

constexpr Bytes kLimit{int64_t{64} << 20};

void check_layers(const LayerGraph& graph) {
  std::set<ValueId> made(graph.inputs.begin(), graph.inputs.end());
  int64_t elements = 0;
  for (const Layer& layer : graph.layers) {
    KERNWISE_CHECK(validate(layer.problem).ok());
    for (const ValueId input : layer.inputs) KERNWISE_CHECK(made.contains(input));
    if (layer.residual) KERNWISE_CHECK(made.contains(*layer.residual));
    KERNWISE_CHECK(made.insert(layer.output).second);
    KERNWISE_CHECK(parse_problem(to_string(layer.problem)).value() == layer.problem);
    elements += weight_elements(layer.problem);
  }
  for (const ValueId output : graph.outputs) KERNWISE_CHECK(made.contains(output));
  constexpr int64_t kQuick = 1 << 16;  // larger weights would only take time
  for (const Layer& layer : graph.layers) {
    if (elements > kQuick) break;
    const FoldedWeights folded = fold_weights(layer);
    KERNWISE_CHECK(static_cast<int64_t>(folded.weights.size()) <= kQuick);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<Network> network = parse_onnx(bytes, {}, {{}, kLimit});
  if (!network.ok()) return 0;
  (void)infer_shapes(*network, kLimit).ok();
  (void)parameter_count(*network);
  for (const bool fused : {true, false}) {
    const Result<LayerGraph> graph = lower(*network, kLimit, {fused, fused, fused});
    if (graph.ok()) check_layers(*graph);
  }
  return 0;
}
