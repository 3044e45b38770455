// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/step_memory.h"

#include <algorithm>
#include <utility>

#include "kernwise/graph/batch.h"
#include "layer_memory.h"
#include "ledger.h"

namespace kernwise {
namespace {

using detail::BufferId;
using detail::GradientForm;
using detail::LayerMemory;
using detail::LayerSituation;
using detail::Ledger;
using detail::tensor_bytes;

constexpr int64_t kFloat = 4;
constexpr int64_t kLabel = 8;
constexpr BufferId kNone = -1;

// A tensor as somebody holds it: a buffer, perhaps a part of it only.
struct Held {
  BufferId buffer = kNone;
  bool strided = false;  // not contiguous
  bool part = false;     // shares a larger buffer
};

// One pass through the step. Values and layers by index, as in the graph.
class Step {
 public:
  Step(const LayerGraph& graph, const StepOptions& options, const KernelRules& rules)
      : graph_(graph), options_(options), rules_(rules), values_(graph.values.size()),
        gradients_(graph.values.size()), needs_gradient_(graph.values.size(), false),
        last_use_(graph.values.size(), 0) {}

  StepMemory run() {
    take_persistent();
    forward();
    if (!options_.inference) {
      lose();
      moments_[0] = ledger_.close_phase();
      release_outputs();
      backward();
      moments_[1] = ledger_.close_phase();
      update();
      moments_[2] = ledger_.close_phase();
    } else {
      moments_[0] = ledger_.close_phase();
    }
    return result();
  }

 private:
  static std::size_t at(int id) { return static_cast<std::size_t>(id); }
  int64_t value_bytes(ValueId value) const { return tensor_bytes(graph_.values[at(value)].shape); }

  void take_persistent() {
    int64_t fixed = 0;
    for (const Layer& layer : graph_.layers) {
      const detail::ParameterElements elements = detail::parameters_of(layer);
      for (const int64_t count : elements.learned) {
        parameters_ += kFloat * count;
        largest_parameter_ = std::max(largest_parameter_, kFloat * count);
      }
      fixed += kFloat * elements.fixed;
    }
    ledger_.allocate(TensorClass::kParameters, parameters_ + fixed, -1);
    if (!options_.inference) {
      ledger_.allocate(TensorClass::kState, state_tensors(options_.optimizer) * parameters_, -1);
    }
    for (const ValueId input : graph_.inputs) {
      values_[at(input)] = {ledger_.allocate(TensorClass::kBatch, value_bytes(input), -1)};
      ledger_.retain(values_[at(input)].buffer);  // the batch is there after the step too
    }
    for (const ValueId output : graph_.outputs) {
      if (classifies(output) && !options_.inference) {
        ledger_.allocate(TensorClass::kBatch, kLabel * graph_.values[at(output)].shape.n, -1);
      }
    }
  }

  bool classifies(ValueId output) const {
    const Shape4& shape = graph_.values[at(output)].shape;
    return shape.h == 1 && shape.w == 1;
  }

  void find_last_uses() {
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      for (const ValueId input : graph_.layers[i].inputs) last_use_[at(input)] = i;
    }
    for (const ValueId output : graph_.outputs) last_use_[at(output)] = graph_.layers.size();
  }

  LayerMemory memory_of(const Layer& layer, bool gradient_strided) const {
    LayerSituation situation{.training = !options_.inference, .threads = options_.threads};
    situation.input_needs_gradient = false;
    for (const ValueId input : layer.inputs) {
      situation.input_needs_gradient |= needs_gradient_[at(input)];
      situation.input_strided |= strided_[at(input)];
    }
    situation.gradient_strided = gradient_strided;
    return detail::layer_memory(layer, situation, rules_);
  }

  void forward() {
    find_last_uses();
    saved_.resize(graph_.layers.size());
    strided_.assign(graph_.values.size(), false);
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      ledger_.enter(static_cast<int>(i));
      forward_layer(i);
    }
  }

  void forward_layer(std::size_t i) {
    const Layer& layer = graph_.layers[i];
    const LayerMemory memory = memory_of(layer, false);
    Held output;
    ledger_.touch(memory.forward_peak);
    if (memory.output_is_view) {
      output = {values_[at(layer.inputs[0])].buffer, memory.output_is_strided, true};
      ledger_.retain(output.buffer);
    } else {
      output.buffer = ledger_.allocate(TensorClass::kActivations, value_bytes(layer.output),
                                       static_cast<int>(i));
    }
    strided_[at(layer.output)] = output.strided;
    values_[at(layer.output)] = output;
    bool learns = !detail::parameters_of(layer).learned.empty();
    for (const ValueId input : layer.inputs) learns = learns || needs_gradient_[at(input)];
    needs_gradient_[at(layer.output)] = learns && !options_.inference;
    if (needs_gradient_[at(layer.output)]) save(i, memory, output.buffer);
    for (std::size_t k = 0; k < layer.inputs.size(); ++k) {
      const ValueId input = layer.inputs[k];
      // An input that stands there twice is let go of once.
      const bool again =
          std::find(layer.inputs.begin(), layer.inputs.begin() + static_cast<std::ptrdiff_t>(k),
                    input) != layer.inputs.begin() + static_cast<std::ptrdiff_t>(k);
      if (last_use_[at(input)] == i && !again) ledger_.release(values_[at(input)].buffer);
    }
  }

  void save(std::size_t i, const LayerMemory& memory, BufferId output) {
    const Layer& layer = graph_.layers[i];
    for (std::size_t k = 0; k < layer.inputs.size(); ++k) {
      if (!memory.saves_input[k]) continue;
      saved_[i].push_back(values_[at(layer.inputs[k])].buffer);
      ledger_.retain(saved_[i].back());
    }
    if (memory.saves_output) {
      saved_[i].push_back(output);
      ledger_.retain(output);
    }
    if (memory.saved_bytes > 0) {
      saved_[i].push_back(
          ledger_.allocate(TensorClass::kActivations, memory.saved_bytes, static_cast<int>(i)));
    }
  }

  // Cross-entropy keeps the logarithms of the probabilities; the mean square keeps the output.
  void lose() {
    for (const ValueId output : graph_.outputs) {
      const int last = static_cast<int>(graph_.layers.size()) - 1;
      if (classifies(output)) {
        loss_.push_back(ledger_.allocate(TensorClass::kActivations, value_bytes(output), last));
      } else {
        ledger_.touch(value_bytes(output));
        loss_.push_back(values_[at(output)].buffer);
        ledger_.retain(loss_.back());
      }
    }
  }

  void release_outputs() {
    for (const ValueId output : graph_.outputs) ledger_.release(values_[at(output)].buffer);
  }

  void backward() {
    for (std::size_t k = graph_.outputs.size(); k-- > 0;) {
      const ValueId output = graph_.outputs[k];
      const int64_t bytes = value_bytes(output);
      // Of the logarithms and of the scores; of the square twice and of its mean.
      ledger_.touch((classifies(output) ? 2 : 3) * bytes);
      ledger_.release(loss_[k]);
      receive(output, {ledger_.allocate(TensorClass::kActivationGradients, bytes, -1)});
    }
    for (std::size_t i = graph_.layers.size(); i-- > 0;) {
      ledger_.enter(static_cast<int>(i));
      backward_layer(i);
    }
  }

  void backward_layer(std::size_t i) {
    const Layer& layer = graph_.layers[i];
    const Held gradient = std::exchange(gradients_[at(layer.output)], {});
    if (gradient.buffer == kNone) return;
    const LayerMemory memory = memory_of(layer, gradient.strided);
    ledger_.touch(memory.backward_peak);
    if (memory.parameter_gradients > 0) {
      ledger_.allocate(TensorClass::kGradients, memory.parameter_gradients, -1);
    }
    std::vector<Held> made(layer.inputs.size());
    for (std::size_t k = 0; k < layer.inputs.size(); ++k) {
      if (!needs_gradient_[at(layer.inputs[k])]) continue;
      made[k] = gradient;
      if (memory.gradients[k] == GradientForm::kNew) {
        made[k] = {
            ledger_.allocate(TensorClass::kActivationGradients, value_bytes(layer.inputs[k]), -1)};
      } else {
        ledger_.retain(gradient.buffer);
        if (memory.gradients[k] == GradientForm::kView) made[k].part = true;
        // Along the channels a part is contiguous within an image only.
        if (layer.problem.kind() == ProblemKind::kConcat) {
          made[k].strided = graph_.values[at(layer.output)].shape.n > 1;
        }
      }
    }
    ledger_.release(gradient.buffer);
    for (const BufferId buffer : saved_[i]) ledger_.release(buffer);
    for (std::size_t k = 0; k < layer.inputs.size(); ++k) {
      if (made[k].buffer != kNone) receive(layer.inputs[k], made[k]);
    }
  }

  // Autograd adds into the gradient that is there if nobody else holds it (input_buffer.cpp).
  void receive(ValueId value, const Held& gradient) {
    Held& sum = gradients_[at(value)];
    if (sum.buffer == kNone) {
      sum = gradient;
      return;
    }
    const bool own = ledger_.references(sum.buffer) == 1 && !sum.strided && !sum.part;
    if (!own) {
      const Held fresh{ledger_.allocate(TensorClass::kActivationGradients, value_bytes(value), -1)};
      ledger_.release(sum.buffer);
      sum = fresh;
    }
    ledger_.release(gradient.buffer);
  }

  // Parameter by parameter (torch/csrc/api/src/optim): weight decay is added to a copy of the
  // gradient, Adam's denominator takes a root and a quotient.
  void update() {
    ledger_.enter(-1);
    const bool adam =
        options_.optimizer == Optimizer::kAdam || options_.optimizer == Optimizer::kAdamW;
    const bool copies = options_.weight_decay != 0 && options_.optimizer != Optimizer::kAdamW;
    ledger_.touch(((adam ? 2 : 0) + (copies ? 1 : 0)) * largest_parameter_);
  }

  PhaseMemory phase(const Ledger::Moment& moment) const {
    return {moment.bytes, moment.classes,
            moment.layer < 0 ? "" : graph_.layers[at(moment.layer)].name};
  }

  StepMemory result() const {
    StepMemory memory;
    memory.forward = phase(moments_[0]);
    memory.backward = phase(moments_[1]);
    memory.update = phase(moments_[2]);
    memory.parameter_bytes = parameters_;
    const auto highest = std::max_element(
        std::begin(moments_), std::end(moments_),
        [](const Ledger::Moment& a, const Ledger::Moment& b) { return a.bytes < b.bytes; });
    for (std::size_t i = 0; i < highest->activation_bytes.size(); ++i) {
      if (highest->activation_bytes[i] == 0) continue;
      memory.holders.push_back({graph_.layers[i].name, highest->activation_bytes[i]});
    }
    std::stable_sort(memory.holders.begin(), memory.holders.end(),
                     [](const HeldBytes& a, const HeldBytes& b) { return a.bytes > b.bytes; });
    return memory;
  }

  const LayerGraph& graph_;
  const StepOptions& options_;
  const KernelRules& rules_;
  Ledger ledger_;
  std::vector<Held> values_, gradients_;
  std::vector<bool> needs_gradient_, strided_;
  std::vector<std::size_t> last_use_;
  std::vector<std::vector<BufferId>> saved_;  // per layer
  std::vector<BufferId> loss_;                // per output
  int64_t parameters_ = 0, largest_parameter_ = 0;
  Ledger::Moment moments_[3];
};

}  // namespace

std::string_view to_string(TensorClass tensor_class) {
  constexpr std::array<std::string_view, kTensorClasses> kNames = {
      "parameters",           "gradients", "optimizer", "batch", "activations",
      "activation-gradients", "workspace"};
  return kNames[static_cast<std::size_t>(tensor_class)];
}

const PhaseMemory& StepMemory::peak() const {
  const PhaseMemory* highest = &forward;
  for (const PhaseMemory* phase : {&backward, &update}) {
    if (phase->peak_bytes > highest->peak_bytes) highest = phase;
  }
  return *highest;
}

int64_t learned_bytes(const Layer& layer) {
  int64_t bytes = 0;
  for (const int64_t count : detail::parameters_of(layer).learned) bytes += kFloat * count;
  return bytes;
}

int64_t learned_tensors(const Layer& layer) {
  return static_cast<int64_t>(detail::parameters_of(layer).learned.size());
}

StepMemory step_memory(const LayerGraph& graph, const StepOptions& step, const KernelRules& rules) {
  return Step(graph, step, rules).run();
}

Result<LayerGraph> unfolded_graph(const Network& network, int64_t batch, Bytes max_model_memory) {
  KERNWISE_ASSIGN(const Network batched, with_batch(network, batch, max_model_memory));
  const LoweringOptions unfolded{.fold_batch_norm = false,
                                 .fold_pads = false,
                                 .fuse_activation = false,
                                 .fuse_residual = false};
  return lower(batched, max_model_memory, unfolded);
}

}  // namespace kernwise
