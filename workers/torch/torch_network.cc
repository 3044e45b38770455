// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "torch_network.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>

#include "layer_forward.h"

namespace kernwise::torch_worker {
namespace {

at::Tensor tensor_of(const ConstantTensor& constant, const std::vector<int64_t>& dims,
                     c10::Device device) {
  at::Tensor tensor = at::empty(dims, at::kFloat);
  if (constant.fill_value()) return tensor.fill_(*constant.fill_value()).to(device);
  const auto bytes = constant.raw_bytes();
  std::memcpy(tensor.data_ptr<float>(), bytes.data(), bytes.size());
  return tensor.to(device);
}

class Parameters {
 public:
  Parameters(std::vector<at::Tensor>& list, bool training, c10::Device device)
      : list_(list), training_(training), device_(device) {}

  at::Tensor fixed(const ConstantTensor& constant, const std::vector<int64_t>& dims) const {
    return tensor_of(constant, dims, device_);
  }

  // One tensor for each constant, however many layers share it (by its bytes).
  at::Tensor learned(const ConstantTensor& constant, const std::vector<int64_t>& dims) {
    const auto key = constant.raw_bytes().data();
    if (key != nullptr) {
      const auto found = known_.find(key);
      if (found != known_.end() && found->second.numel() == constant.elements()) {
        return found->second.view(dims);
      }
    }
    at::Tensor tensor = fixed(constant, dims);
    if (training_) tensor.set_requires_grad(true);
    list_.push_back(tensor);
    if (key != nullptr) known_.emplace(key, tensor);
    return tensor;
  }

 private:
  std::vector<at::Tensor>& list_;
  bool training_;
  c10::Device device_;
  std::map<const char*, at::Tensor> known_;
};

// Of a constant that goes with channels: one number for each, or one for all.
std::vector<int64_t> channel_dims(const ConstantTensor& constant) {
  return {1, constant.elements(), 1, 1};
}

std::vector<int64_t> dims_of(const Shape4& shape) { return {shape.n, shape.c, shape.h, shape.w}; }

void load(const Layer& layer, Parameters& parameters, LayerTensors& tensors) {
  const LayerWeights& w = layer.weights;
  const auto vector = [&](const ConstantTensor& constant) {
    return parameters.learned(constant, {constant.elements()});
  };
  if (w.batch_norm) {
    tensors.weight = vector(w.batch_norm->scale);
    tensors.bias = vector(w.batch_norm->shift);
    tensors.mean = parameters.fixed(w.batch_norm->mean, {w.batch_norm->mean.elements()});
    tensors.variance =
        parameters.fixed(w.batch_norm->variance, {w.batch_norm->variance.elements()});
    return;
  }
  const bool has_weight = w.weight.type() == DataType::kFloat32;
  switch (layer.problem.kind()) {
    case ProblemKind::kScale: {
      // A single number scales or shifts everything and is not learned.
      const auto take = [&](const ConstantTensor& constant) {
        return constant.elements() == 1 ? parameters.fixed(constant, {1, 1, 1, 1})
                                        : parameters.learned(constant, channel_dims(constant));
      };
      if (has_weight) tensors.weight = take(w.weight);
      if (w.bias) tensors.bias = take(*w.bias);
      return;
    }
    case ProblemKind::kBroadcast: {
      const auto& broadcast = *layer.problem.as<BroadcastProblem>();
      const bool first = broadcast.constant == ConstantOperand::kFirst;
      const bool single = has_weight && w.weight.elements() == 1;
      if (single) tensors.weight = parameters.fixed(w.weight, {1, 1, 1, 1});
      if (has_weight && !single) {
        tensors.weight = parameters.learned(w.weight, dims_of(first ? broadcast.a : broadcast.b));
      }
      return;
    }
    case ProblemKind::kConv: {
      const auto& p = *layer.problem.as<ConvProblem>();
      tensors.weight = parameters.learned(w.weight, {p.oc, p.ic / p.g, p.kh, p.kw});
      break;
    }
    case ProblemKind::kDeconv: {
      const auto& p = *layer.problem.as<DeconvProblem>();
      tensors.weight = parameters.learned(w.weight, {p.ic, p.oc / p.g, p.kh, p.kw});
      break;
    }
    case ProblemKind::kFc: {
      const auto& p = *layer.problem.as<FcProblem>();
      const int64_t in = p.ic * p.ih * p.iw;
      tensors.weight =
          parameters.learned(w.weight, w.fc_transposed ? std::vector<int64_t>{in, p.oc}
                                                       : std::vector<int64_t>{p.oc, in});
      break;
    }
    default: return;
  }
  if (w.bias) tensors.bias = vector(*w.bias);
}

}  // namespace

Result<TorchNetwork> TorchNetwork::build(const LayerGraph& graph, bool training,
                                         c10::Device device) {
  std::string refusals;
  for (const Layer& layer : graph.layers) {
    const std::string reason = refusal(layer);
    if (!reason.empty()) refusals += "\n  '" + layer.name + "': " + reason;
  }
  if (!refusals.empty())
    return unsupported("libtorch has no operator for these layers:" + refusals);
  TorchNetwork network(graph, training);
  network.last_use_.assign(graph.values.size(), 0);
  Parameters parameters(network.parameters_, training, device);
  for (std::size_t at = 0; at < graph.layers.size(); ++at) {
    for (const ValueId input : graph.layers[at].inputs) {
      network.last_use_[static_cast<std::size_t>(input)] = at;
    }
    load(graph.layers[at], parameters, network.tensors_.emplace_back());
  }
  for (const ValueId output : graph.outputs) {
    network.last_use_[static_cast<std::size_t>(output)] = graph.layers.size();
  }
  return network;
}

std::vector<at::Tensor> TorchNetwork::forward(const std::vector<at::Tensor>& inputs,
                                              const LayerHook& hook) const {
  std::vector<at::Tensor> values(graph_->values.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    values[static_cast<std::size_t>(graph_->inputs[i])] = inputs[i];
  }
  if (hook) hook(0);
  for (std::size_t at = 0; at < graph_->layers.size(); ++at) {
    const Layer& layer = graph_->layers[at];
    std::vector<at::Tensor> operands;
    for (const ValueId input : layer.inputs) {
      operands.push_back(values[static_cast<std::size_t>(input)]);
    }
    values[static_cast<std::size_t>(layer.output)] =
        layer_forward(layer, tensors_[at], operands, training_);
    operands.clear();
    for (const ValueId input : layer.inputs) {
      if (last_use_[static_cast<std::size_t>(input)] == at) {
        values[static_cast<std::size_t>(input)].reset();
      }
    }
    if (hook) hook(at + 1);
  }
  std::vector<at::Tensor> outputs;
  for (const ValueId output : graph_->outputs) {
    outputs.push_back(values[static_cast<std::size_t>(output)]);
  }
  return outputs;
}

}  // namespace kernwise::torch_worker
