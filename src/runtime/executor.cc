// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/runtime/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <new>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/primitives/registry.h"
#include "schedule.h"
#include "step_info.h"

namespace kernwise {
namespace {

struct PreparedStep {
  std::unique_ptr<Kernel> kernel;
  std::vector<const float*> inputs;
  float* output = nullptr;
};

Result<const Primitive*> find_planned(const std::string& id, int revision,
                                      const std::string& place) {
  const Primitive* primitive = find_primitive(id);
  if (primitive == nullptr) {
    return unsupported(fmt::format("primitive '{}' is not part of this build", id),
                       "see 'kernwise list primitives', or make a new plan")
        .within(place);
  }
  if (revision != 0 && primitive->info().revision != revision) {
    return unsupported(fmt::format("primitive '{}' is revision {} here, the plan was made with {}",
                                   id, primitive->info().revision, revision),
                       "make a new plan with 'kernwise plan'")
        .within(place);
  }
  return primitive;
}

Result<Bytes> workspace_of(const Primitive& primitive, const Problem& problem,
                           const Execution& execution, const std::string& place) {
  const Applicability answer = primitive.supports(problem, execution);
  if (const auto* no = std::get_if<Refused>(&answer)) {
    return unsupported(
               fmt::format("'{}' refuses the problem here: {}", primitive.info().id, no->reason),
               "make a new plan on this machine")
        .within(place);
  }
  return std::get<Admitted>(answer).workspace;
}

using Ranges = std::map<std::string, ValueRange>;

// What a step of a value is worth in a layout; 1 where floats lie.
Result<float> step_in(const Ranges& ranges, const Value& value, Layout layout) {
  if (!is_int8(layout)) return 1.0F;
  const auto found = ranges.find(value.name);
  if (found == ranges.end() || !fits(found->second, layout)) {
    return invalid_input(fmt::format("the plan has no range for value '{}' that {} could hold",
                                     value.name, to_string(layout)),
                         "make a new plan with 'kernwise plan'");
  }
  return step_of(found->second, layout);
}

Result<TensorSteps> steps_of(const LayerGraph& graph, const Ranges& ranges, const Layer& layer,
                             const PlannedLayer& planned) {
  const auto value = [&](ValueId id) -> const Value& {
    return graph.values[static_cast<std::size_t>(id)];
  };
  TensorSteps steps;
  KERNWISE_ASSIGN(steps.input, step_in(ranges, value(layer.inputs.front()), planned.in));
  KERNWISE_ASSIGN(steps.output, step_in(ranges, value(layer.output), planned.out));
  if (layer.residual) {
    KERNWISE_ASSIGN(steps.residual, step_in(ranges, value(*layer.residual), planned.out));
  }
  if (layer.problem.kind() == ProblemKind::kPool && steps.input != steps.output) {
    return invalid_input(
               "the largest of int8 numbers has the step that they have, but the plan "
               "gives input and output different ranges",
               "make a new plan with 'kernwise plan'")
        .within(layer.name);
  }
  return steps;
}

}  // namespace

struct Executor::State {
  LayerGraph graph;
  int threads = 1;
  std::vector<StepInfo> infos;
  std::vector<PreparedStep> steps;
  std::vector<float*> inputs;
  std::vector<const float*> outputs;
  std::vector<int64_t> input_sizes, output_sizes;
  AlignedBuffer arena;
  AlignedBuffer workspace;
  MemoryUse memory;
};

Executor::Executor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Executor::Executor(Executor&&) noexcept = default;
Executor& Executor::operator=(Executor&&) noexcept = default;
Executor::~Executor() = default;

Result<Executor> Executor::create(const LayerGraph& graph, const Plan& plan) {
  KERNWISE_ASSIGN(const Schedule schedule, make_schedule(graph, plan));
  auto state = std::make_unique<State>();
  state->graph = graph;
  state->threads = plan.threads;
  const Execution execution{plan.threads};
  const ThreadScope threads(plan.threads);
  Ranges ranges;
  if (plan.int8) {
    for (const PlannedRange& entry : plan.int8->ranges) ranges[entry.value] = entry.range;
  }
  const MemoryPlan memory = plan_memory(schedule.tensors);
  const std::vector<Bytes> live = live_bytes(schedule.tensors);
  state->memory.activations = memory.arena;
  state->memory.arena_bound = memory.lower_bound;
  try {
    state->arena = AlignedBuffer(memory.arena);
    // Touched now, so that no run pays for the first use of a page.
    std::memset(state->arena.data(), 0, static_cast<std::size_t>(memory.arena.value));
    const auto place_of = [&](int tensor) {
      const Place& place = schedule.places[static_cast<std::size_t>(tensor)];
      const int whole = place.whole < 0 ? tensor : place.whole;
      return reinterpret_cast<float*>(state->arena.data() + place.offset +
                                      memory.offsets[static_cast<std::size_t>(whole)]);
    };
    for (const Step& step : schedule.steps) {
      StepInfo info = detail::step_info(graph, plan, step);
      info.bytes.live = live[state->infos.size()];
      Problem problem;
      FoldedWeights weights;
      TensorSteps steps;
      int revision = 0;
      if (info.is_transform) {
        const PlannedTransform& planned = plan.transforms[static_cast<std::size_t>(step.transform)];
        problem.op = TransformProblem{info.shape, planned.from, planned.to};
        const Value& value = graph.values[static_cast<std::size_t>(step.value)];
        KERNWISE_ASSIGN(steps.input, step_in(ranges, value, planned.from));
        KERNWISE_ASSIGN(steps.output, step_in(ranges, value, planned.to));
      } else {
        const Layer& layer = graph.layers[static_cast<std::size_t>(step.layer)];
        const PlannedLayer& planned = plan.layers[static_cast<std::size_t>(step.layer)];
        problem = layer.problem;
        revision = planned.revision;
        weights = fold_weights(layer);
        KERNWISE_ASSIGN(steps, steps_of(graph, ranges, layer, planned));
      }
      info.step = steps.output;
      KERNWISE_ASSIGN(const Primitive* primitive,
                      find_planned(info.primitive, revision, info.name));
      // A transform's layouts are those of its problem.
      const bool fits =
          primitive->info().kind == problem.kind() &&
          (info.is_transform || (input_layout(primitive->info(), problem) ==
                                     plan.layers[static_cast<std::size_t>(step.layer)].in &&
                                 output_layout(primitive->info(), problem) == info.layout));
      if (!fits) {
        return invalid_input(
                   fmt::format("primitive '{}' does not do what is planned, in these layouts",
                               info.primitive),
                   "make a new plan with 'kernwise plan'")
            .within(info.name);
      }
      KERNWISE_ASSIGN(const Bytes needed, workspace_of(*primitive, problem, execution, info.name));
      auto kernel = primitive->prepare(problem, {weights.weights, weights.bias, steps}, execution);
      if (!kernel.ok()) return std::move(kernel).error().within(info.name);
      PreparedStep prepared;
      prepared.kernel = std::move(kernel).value();
      state->memory.workspace = std::max(state->memory.workspace, needed);
      info.bytes.workspace = needed;
      info.bytes.weights = prepared.kernel->packed_weights();
      state->memory.weights += info.bytes.weights;
      for (const int tensor : step.inputs) prepared.inputs.push_back(place_of(tensor));
      prepared.output = place_of(step.output);
      state->steps.push_back(std::move(prepared));
      state->infos.push_back(std::move(info));
    }
    state->workspace = AlignedBuffer(state->memory.workspace);
    for (std::size_t i = 0; i < schedule.graph_inputs.size(); ++i) {
      state->inputs.push_back(place_of(schedule.graph_inputs[i]));
      state->input_sizes.push_back(
          graph.values[static_cast<std::size_t>(graph.inputs[i])].shape.elements());
    }
    for (std::size_t i = 0; i < schedule.graph_outputs.size(); ++i) {
      state->outputs.push_back(place_of(schedule.graph_outputs[i]));
      state->output_sizes.push_back(
          graph.values[static_cast<std::size_t>(graph.outputs[i])].shape.elements());
    }
  } catch (const std::bad_alloc&) {
    return unsupported("there is not enough memory to run this plan",
                       "the plan's peak_bytes says what it needs");
  }
  // The executor needs shapes and names from here on; the kernels hold their packed weights.
  for (Layer& layer : state->graph.layers) layer.weights = {};
  return Executor(std::move(state));
}

std::span<float> Executor::input(int index) {
  const auto i = static_cast<std::size_t>(index);
  return {state_->inputs.at(i), static_cast<std::size_t>(state_->input_sizes.at(i))};
}

std::span<const float> Executor::output(int index) const {
  const auto i = static_cast<std::size_t>(index);
  return {state_->outputs.at(i), static_cast<std::size_t>(state_->output_sizes.at(i))};
}

void Executor::run() {
  const ThreadScope threads(state_->threads);
  for (const PreparedStep& step : state_->steps) {
    step.kernel->run({step.inputs, step.output, state_->workspace.data()});
  }
}

void Executor::run_timed(std::span<double> seconds) {
  using Clock = std::chrono::steady_clock;
  const ThreadScope threads(state_->threads);
  auto before = Clock::now();
  for (std::size_t i = 0; i < state_->steps.size(); ++i) {
    const PreparedStep& step = state_->steps[i];
    step.kernel->run({step.inputs, step.output, state_->workspace.data()});
    const auto after = Clock::now();
    seconds[i] = std::chrono::duration<double>(after - before).count();
    before = after;
  }
}

void Executor::run_observed(const Observer& observer) {
  const ThreadScope threads(state_->threads);
  for (std::size_t i = 0; i < state_->steps.size(); ++i) {
    const PreparedStep& step = state_->steps[i];
    step.kernel->run({step.inputs, step.output, state_->workspace.data()});
    if (!state_->infos[i].is_transform) observer(state_->infos[i], step.output);
  }
}

const std::vector<StepInfo>& Executor::steps() const { return state_->infos; }

MemoryUse Executor::memory() const { return state_->memory; }

}  // namespace kernwise
