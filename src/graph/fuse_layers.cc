// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "fuse_layers.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kernwise::detail {
namespace {

// Positions in the execution order. A layer that was taken in leaves a hole until the end.
using Position = int;

class Fuser {
 public:
  explicit Fuser(LayerGraph& graph)
      : graph_(graph), removed_(graph.layers.size(), false), maker_(graph.values.size(), -1),
        readers_(graph.values.size()), is_output_(graph.values.size(), false) {
    for (Position at = 0; at < size(); ++at) {
      maker_[index(layer(at).output)] = at;
      for (const ValueId input : layer(at).inputs) readers_[index(input)].push_back(at);
    }
    for (const ValueId output : graph.outputs) is_output_[index(output)] = true;
  }

  void fold_scales() {
    for (Position at = 0; at < size(); ++at) {
      if (removed_[index(at)] || layer(at).problem.kind() != ProblemKind::kScale) continue;
      const Position before = sole_maker(layer(at).inputs[0]);
      if (before < 0) continue;
      const ProblemKind kind = layer(before).problem.kind();
      if (kind != ProblemKind::kConv && kind != ProblemKind::kFc && kind != ProblemKind::kDeconv) {
        continue;
      }
      if (fold_scale(layer(at).weights, layer(before))) merge(before, at, before);
    }
  }

  // Zeros around an image become the convolution's own padding.
  void fold_pads() {
    for (Position at = 0; at < size(); ++at) {
      if (removed_[index(at)] || layer(at).problem.kind() != ProblemKind::kConv) continue;
      const ValueId between = layer(at).inputs[0];
      const Position before = sole_maker(between);
      if (before < 0) continue;
      const auto* pad = layer(before).problem.as<PadProblem>();
      if (pad == nullptr || pad->kind != PadKind::kConstant || pad->value != 0) continue;
      if (pad->nb != 0 || pad->na != 0 || pad->cb != 0 || pad->ca != 0) continue;
      Problem problem = layer(at).problem;
      auto& conv = std::get<ConvProblem>(problem.op);
      conv.ih = pad->shape.h;
      conv.iw = pad->shape.w;
      conv.pt += pad->hb;
      conv.pb += pad->ha;
      conv.pl += pad->wb;
      conv.pr += pad->wa;
      if (!validate(problem).ok()) continue;
      const ValueId input = layer(before).inputs[0];
      layer(at).problem = problem;
      layer(at).inputs[0] = input;
      layer(at).nodes.insert(layer(at).nodes.end(), layer(before).nodes.begin(),
                             layer(before).nodes.end());
      std::replace(readers_[index(input)].begin(), readers_[index(input)].end(), before, at);
      readers_[index(between)].clear();
      maker_[index(between)] = -1;
      removed_[index(before)] = true;
    }
  }

  // x * sigmoid(x), which exporters write as two nodes.
  void fuse_gates() {
    for (Position at = 0; at < size(); ++at) {
      if (removed_[index(at)]) continue;
      const auto* binary = layer(at).problem.as<BinaryProblem>();
      if (binary == nullptr || binary->kind != BinaryKind::kMul) continue;
      const ValueId first = layer(at).inputs[0], second = layer(at).inputs[1];
      if (first == second || fuse_gate(at, first, second)) continue;
      fuse_gate(at, second, first);
    }
  }

  void fuse_residuals() {
    for (Position at = 0; at < size(); ++at) {
      if (removed_[index(at)]) continue;
      const auto* binary = layer(at).problem.as<BinaryProblem>();
      if (binary == nullptr || binary->kind != BinaryKind::kAdd) continue;
      fuse_residual(at);
    }
  }

  void fuse_activations() {
    for (Position at = 0; at < size(); ++at) {
      if (removed_[index(at)] || layer(at).problem.kind() != ProblemKind::kEltwise) continue;
      const Position before = sole_maker(layer(at).inputs[0]);
      if (before < 0 || !takes_activation(layer(before))) continue;
      layer(before).problem.post_ops.activation = layer(at).problem.post_ops.activation;
      merge(before, at, before);
    }
  }

  // Closes the holes and drops the values that nobody makes any more.
  void finish() {
    std::vector<Layer> layers;
    for (Position at = 0; at < size(); ++at) {
      if (!removed_[index(at)]) layers.push_back(std::move(layer(at)));
    }
    std::vector<bool> kept(graph_.values.size(), false);
    for (const ValueId input : graph_.inputs) kept[index(input)] = true;
    for (const Layer& each : layers) kept[index(each.output)] = true;
    std::vector<ValueId> renamed(graph_.values.size(), -1);
    std::vector<Value> values;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (!kept[i]) continue;
      renamed[i] = static_cast<ValueId>(values.size());
      values.push_back(std::move(graph_.values[i]));
    }
    const auto rename = [&](ValueId& value) { value = renamed[index(value)]; };
    for (Layer& each : layers) {
      for (ValueId& input : each.inputs) rename(input);
      if (each.residual) rename(*each.residual);
      rename(each.output);
    }
    for (ValueId& input : graph_.inputs) rename(input);
    for (ValueId& output : graph_.outputs) rename(output);
    graph_.layers = std::move(layers);
    graph_.values = std::move(values);
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  Position size() const { return static_cast<Position>(graph_.layers.size()); }
  Layer& layer(Position at) { return graph_.layers[index(at)]; }

  // The maker of a value that has one reader and is no output; -1 if there is no such layer.
  Position sole_maker(ValueId value) const {
    if (is_output_[index(value)] || readers_[index(value)].size() != 1) return -1;
    return maker_[index(value)];
  }

  // Whether `scale` could be put into the weights of the layer before it.
  static bool fold_scale(const LayerWeights& scale, Layer& before) {
    LayerWeights& weights = before.weights;
    if (weights.batch_norm) return false;
    if (scale.batch_norm) {
      weights.batch_norm = scale.batch_norm;
      before.problem.post_ops.bias = true;
      return true;
    }
    const bool one_factor =
        !scale.bias && scale.weight.type() == DataType::kFloat32 && scale.weight.elements() == 1;
    if (one_factor) {
      const float factor = scale.weight.to_floats().front();
      weights.fc_alpha *= factor;
      weights.fc_beta *= factor;
      return true;
    }
    const bool adds_only = scale.bias && scale.weight.type() == DataType::kOther;
    if (!adds_only || weights.bias) return false;
    weights.bias = scale.bias;
    weights.fc_beta = 1;
    before.problem.post_ops.bias = true;
    return true;
  }

  static bool takes_activation(const Layer& layer) {
    if (layer.problem.post_ops.activation.kind != ActivationKind::kNone) return false;
    switch (layer.problem.kind()) {
      case ProblemKind::kConv:
      case ProblemKind::kFc:
      case ProblemKind::kScale:
      case ProblemKind::kBinary:
      case ProblemKind::kDeconv:
      case ProblemKind::kBroadcast: return true;
      default: return false;
    }
  }

  static bool takes_residual(const Layer& layer) {
    const ProblemKind kind = layer.problem.kind();
    const bool adds =
        kind == ProblemKind::kConv || kind == ProblemKind::kFc || kind == ProblemKind::kScale;
    return adds && takes_activation(layer) && !layer.residual;
  }

  // The activation that x * gate(x) is, if it is one.
  static ActivationKind gated(const Activation& gate) {
    // Exporters round 1/6 in various ways.
    constexpr float kSixth = 1.0F / 6, kClose = 1e-6F;
    if (gate.kind == ActivationKind::kSigmoid) return ActivationKind::kSwish;
    const bool hard = gate.kind == ActivationKind::kHardSigmoid && gate.beta == 0.5F &&
                      gate.alpha > kSixth - kClose && gate.alpha < kSixth + kClose;
    return hard ? ActivationKind::kHardSwish : ActivationKind::kNone;
  }

  // Whether the product at `at`, of operands x and gate, was turned into one activation of x.
  bool fuse_gate(Position at, ValueId x, ValueId gate) {
    const Position maker = sole_maker(gate);
    if (maker < 0 || layer(maker).problem.kind() != ProblemKind::kEltwise) return false;
    if (layer(maker).inputs[0] != x) return false;
    const ActivationKind kind = gated(layer(maker).problem.post_ops.activation);
    if (kind == ActivationKind::kNone) return false;
    Layer& product = layer(at);
    product.problem = {EltwiseProblem{layer(maker).problem.as<EltwiseProblem>()->shape},
                       {.activation = {.kind = kind}}};
    product.inputs = {x};
    product.nodes.insert(product.nodes.end(), layer(maker).nodes.begin(), layer(maker).nodes.end());
    std::erase(readers_[index(x)], maker);
    readers_[index(gate)].clear();
    maker_[index(gate)] = -1;
    removed_[index(maker)] = true;
    return true;
  }

  void fuse_residual(Position add) {
    const std::vector<ValueId> operands = layer(add).inputs;
    if (operands[0] == operands[1]) return;
    struct Choice {
      Position into;
      ValueId residual;
    };
    std::array<Choice, 2> choices = {
        {{sole_maker(operands[0]), operands[1]}, {sole_maker(operands[1]), operands[0]}}};
    if (choices[0].into < choices[1].into) std::swap(choices[0], choices[1]);
    for (const bool moved : {false, true}) {
      for (const Choice& choice : choices) {
        if (choice.into < 0 || !takes_residual(layer(choice.into))) continue;
        const Position at = moved ? add : choice.into;
        if (!may_overwrite(choice.residual, choice.into, add, at)) continue;
        if (moved && !may_wait(choice.into, add)) continue;
        layer(choice.into).residual = choice.residual;
        layer(choice.into).problem.post_ops.residual = true;
        merge(choice.into, add, at);
        return;
      }
    }
  }

  // Invariant 2 of LayerGraph for a residual added by layer `into`, run at position `at`.
  bool may_overwrite(ValueId residual, Position into, Position add, Position at) {
    const std::vector<ValueId>& inputs = layer(into).inputs;
    if (is_output_[index(residual)]) return false;
    if (maker_[index(residual)] < 0 || maker_[index(residual)] >= at) return false;
    if (std::find(inputs.begin(), inputs.end(), residual) != inputs.end()) return false;
    const std::vector<Position>& readers = readers_[index(residual)];
    return std::all_of(readers.begin(), readers.end(),
                       [&](Position reader) { return reader == add || reader < at; });
  }

  // Whether nobody overwrites an input of the layer before position `until`.
  bool may_wait(Position waiting, Position until) {
    const std::vector<ValueId>& inputs = layer(waiting).inputs;
    for (Position at = waiting + 1; at < until; ++at) {
      if (removed_[index(at)] || !layer(at).residual) continue;
      if (std::find(inputs.begin(), inputs.end(), *layer(at).residual) != inputs.end()) {
        return false;
      }
    }
    return true;
  }

  // `into` now also does what `follower`, the only reader of its output, did; the two become one
  // layer that stands at `at`, one of their two positions.
  void merge(Position into, Position follower, Position at) {
    Layer& first = layer(into);
    const ValueId between = first.output;
    first.output = layer(follower).output;
    const std::vector<std::string>& nodes = layer(follower).nodes;
    first.nodes.insert(first.nodes.end(), nodes.begin(), nodes.end());
    const Position hole = at == into ? follower : into;
    const auto replace = [&](ValueId value, Position from) {
      std::replace(readers_[index(value)].begin(), readers_[index(value)].end(), from, at);
    };
    for (const ValueId input : layer(follower).inputs) replace(input, follower);
    for (const ValueId input : first.inputs) replace(input, into);
    readers_[index(between)].clear();
    maker_[index(between)] = -1;
    maker_[index(first.output)] = at;
    if (at != into) layer(at) = std::move(first);
    removed_[index(hole)] = true;
  }

  LayerGraph& graph_;
  std::vector<bool> removed_;
  std::vector<Position> maker_;                 // of each value; -1: an input, or gone
  std::vector<std::vector<Position>> readers_;  // of each value, once per use
  std::vector<bool> is_output_;
};

}  // namespace

void fuse_layers(LayerGraph& graph, const LoweringOptions& options) {
  Fuser fuser(graph);
  if (options.fold_batch_norm) fuser.fold_scales();
  if (options.fold_pads) fuser.fold_pads();
  if (options.fuse_activation) fuser.fuse_gates();
  if (options.fuse_residual) fuser.fuse_residuals();
  if (options.fuse_activation) fuser.fuse_activations();
  fuser.finish();
}

}  // namespace kernwise::detail
