// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "int8_costs.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/primitives/reference.h"
#include "kernwise/primitives/registry.h"

namespace kernwise::detail {
namespace {

constexpr std::array<Layout, 3> kFloatNeighbours = {Layout::kNchw, Layout::kNhwc, Layout::kNchw16c};

std::size_t at(int index) { return static_cast<std::size_t>(index); }

bool may_use_int8(const Problem& problem) {
  if (const auto* pool = problem.as<PoolProblem>()) return pool->kind == PoolKind::kMax;
  return problem.kind() == ProblemKind::kConv || problem.kind() == ProblemKind::kFc;
}

bool fits(const Ranges& ranges, ValueId value, Layout layout) {
  if (!kernwise::is_int8(layout)) return true;
  const auto& range = ranges[at(value)];
  return range && kernwise::fits(*range, layout);
}

// The layer's input as its primitive wants it.
AlignedBuffer quantized(const std::vector<float>& values, const Shape4& shape, Layout layout,
                        float step) {
  const std::vector<float> ordered = to_layout(values, shape, Layout::kNhwc);
  AlignedBuffer buffer(physical_bytes(shape, layout));
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    buffer.data()[i] = static_cast<std::byte>(quantize(ordered[i], step, layout));
  }
  return buffer;
}

// The one that loses least: from the finest input that the range allows to floats.
const CostOption* to_floats(const std::vector<CostOption>& row) {
  const CostOption* best = nullptr;
  for (const CostOption& option : row) {
    if (!is_int8(option) || kernwise::is_int8(option.out)) continue;
    if (best == nullptr || (option.in == Layout::kNhwcU8 && best->in != Layout::kNhwcU8)) {
      best = &option;
    }
  }
  return best;
}

Result<double> error_of(const Layer& layer, const CostOption& option, const Ranges& ranges,
                        const std::vector<std::vector<float>>& values, const Execution& execution) {
  const ValueId read = layer.inputs.front();
  const FoldedWeights weights = fold_weights(layer);
  const TensorSteps steps{.input = step_of(*ranges[at(read)], option.in)};
  KERNWISE_ASSIGN(const std::unique_ptr<Kernel> kernel,
                  find_primitive(option.primitive)
                      ->prepare(layer.problem, {weights.weights, weights.bias, steps}, execution));
  const Shape4 shape = output_shape(layer.problem);
  const AlignedBuffer input =
      quantized(values[at(read)], input_shape(layer.problem, 0), option.in, steps.input);
  AlignedBuffer output(physical_bytes(shape, option.out)), scratch(kernel->workspace());
  if (layer.residual) {
    std::ranges::copy(to_layout(values[at(*layer.residual)], shape, option.out), output.floats());
  }
  const std::array<const float*, 1> inputs = {input.floats()};
  kernel->run({inputs, output.floats(), scratch.data()});
  const std::vector<float> made = read_tensor(output.data(), shape, option.out, 1);
  const std::vector<float>& wanted = values[at(layer.output)];
  return relative_error(made, std::vector<double>(wanted.begin(), wanted.end()));
}

}  // namespace

bool is_int8(const CostOption& option) {
  return find_primitive(option.primitive)->info().precision != Precision::kFp32;
}

std::vector<Problem> int8_transforms(const LayerGraph& graph, const Ranges& ranges) {
  std::set<ValueId> touched;
  for (const Layer& layer : graph.layers) {
    if (!may_use_int8(layer.problem)) continue;
    touched.insert(layer.inputs.front());
    if (layer.residual) touched.insert(*layer.residual);
    if (layer.problem.kind() != ProblemKind::kFc) touched.insert(layer.output);
  }
  std::vector<Problem> problems;
  std::set<Problem> seen;
  for (const ValueId value : touched) {
    const Shape4& shape = graph.values[at(value)].shape;
    const auto add = [&](Layout from, Layout to) {
      Problem problem{TransformProblem{shape, from, to}, {}};
      if (seen.insert(problem).second) problems.push_back(std::move(problem));
    };
    for (const Layout bytes : kInt8Layouts) {
      if (!fits(ranges, value, bytes)) continue;
      for (const Layout floats : kFloatNeighbours) {
        add(floats, bytes);
        add(bytes, floats);
      }
      for (const Layout other : kInt8Layouts) {
        if (other != bytes && fits(ranges, value, other)) add(bytes, other);
      }
    }
  }
  return problems;
}

std::map<std::string, std::set<std::string>> int8_pairs(const std::vector<Problem>& problems,
                                                        const std::vector<std::string>& wanted) {
  std::map<std::string, std::set<std::string>> pairs;
  for (const Problem& problem : problems) {
    for (const auto& primitive : all_primitives()) {
      const PrimitiveInfo& info = primitive->info();
      if (info.precision == Precision::kFp32 || info.kind != problem.kind()) continue;
      if (!wanted.empty() && info.kind != ProblemKind::kTransform &&
          std::ranges::find(wanted, info.id) == wanted.end()) {
        continue;
      }
      pairs[to_string(problem)].insert(info.id);
    }
  }
  return pairs;
}

void keep_fitting(const LayerGraph& graph, const Ranges& ranges, CostTable& table) {
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    std::erase_if(table.layers[i], [&](const CostOption& option) {
      return !fits(ranges, layer.inputs.front(), option.in) ||
             !fits(ranges, layer.output, option.out) ||
             (layer.residual && !fits(ranges, *layer.residual, option.out));
    });
  }
  for (std::size_t v = 0; v < graph.values.size(); ++v) {
    std::erase_if(table.transforms[v], [&](const auto& entry) {
      const auto value = static_cast<ValueId>(v);
      return !fits(ranges, value, entry.first.first) || !fits(ranges, value, entry.first.second);
    });
  }
}

Result<std::vector<double>> int8_errors(const LayerGraph& graph, const CostTable& table,
                                        const Ranges& ranges,
                                        const std::vector<std::vector<float>>& values,
                                        const Execution& execution) {
  const ThreadScope threads(execution.threads);
  std::vector<double> errors(graph.layers.size(), std::numeric_limits<double>::infinity());
  try {
    for (std::size_t i = 0; i < graph.layers.size(); ++i) {
      const Layer& layer = graph.layers[i];
      if (layer.problem.kind() == ProblemKind::kPool) errors[i] = 0;
      const CostOption* option = to_floats(table.layers[i]);
      if (option == nullptr) continue;
      KERNWISE_ASSIGN(errors[i], error_of(layer, *option, ranges, values, execution));
    }
  } catch (const std::bad_alloc&) {
    return unsupported("there is not enough memory to find the errors of int8 layers");
  }
  return errors;
}

}  // namespace kernwise::detail
