// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/batch.h"

#include <fmt/format.h>

#include <utility>

namespace kernwise {

Result<Network> with_batch(const Network& network, int64_t batch, Bytes max_model_memory) {
  if (network.inputs.empty()) return invalid_input("the network has no input");
  if (batch < 1) return invalid_input(fmt::format("a batch of {} is not possible", batch));
  const auto& first = network.inputs.front().dims;
  const int64_t old = first.empty() ? 0 : first.front();
  for (const ValueShape& input : network.inputs) {
    if (input.dims.empty() || input.dims.front() != old) {
      return invalid_input(
          fmt::format("input '{}' does not begin with the batch of {}", input.name, old));
    }
  }
  Network result = network;
  if (old == batch) return result;
  KERNWISE_ASSIGN(const InferredValues values, infer_shapes(network, max_model_memory));
  for (ValueShape& input : result.inputs) input.dims.front() = batch;
  for (Node& node : result.nodes) {
    if (node.op_type != "Reshape" || node.inputs.size() < 2 || node.outputs.empty()) continue;
    const auto data = values.find(node.inputs[0]), target = values.find(node.inputs[1]);
    if (data == values.end() || target == values.end() || !target->second.constant) continue;
    if (data->second.constant || data->second.dims.empty() || data->second.dims.front() != old) {
      continue;
    }
    std::vector<int64_t> dims = target->second.constant->to_ints();
    if (dims.empty() || dims.front() != old) continue;
    dims.front() = batch;
    std::string name = fmt::format("{}:batch{}", node.inputs[1], batch);
    const auto count = static_cast<int64_t>(dims.size());
    result.constants.insert_or_assign(name, ConstantTensor::ints({count}, std::move(dims)));
    node.inputs[1] = std::move(name);
  }
  return result;
}

}  // namespace kernwise
