// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/place/program_executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "kernwise/base/check.h"
#include "kernwise/primitives/primitive.h"
#include "kernwise/primitives/reference.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/primitives/resource.h"

namespace kernwise {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

}  // namespace

struct ProgramExecutor::State {
  struct Step {
    // A copy, if there is no kernel. One end is the host.
    const Resource* resource = nullptr;
    bool in = false;
    float* host = nullptr;
    float* there = nullptr;
    int64_t elements = 0;
    // A kernel.
    std::unique_ptr<Kernel> kernel;
    std::vector<const float*> inputs;
    float* output = nullptr;
    std::byte* scratch = nullptr;
    int threads = 1;
  };

  State(const Program& p, const PlaceTable& t) : program(p), table(t) {}

  // The tensor's place in the memory of a resource, allocated on first use.
  Result<float*> memory_of(int tensor, int resource) {
    ResourceMemory& place = memories[at(tensor)][at(resource)];
    if (place.data() == nullptr) {
      KERNWISE_ASSIGN(place, allocate(resource, program.tensors[at(tensor)].bytes()));
    }
    return place.data();
  }

  Result<ResourceMemory> allocate(int resource, Bytes size) {
    used += size;
    if (used > limit) {
      return unsupported(fmt::format("the tensors take more than {} bytes", limit.value),
                         "allow more with --memory, or make the program smaller");
    }
    return resources[at(resource)]->allocate(size);
  }

  // Makes sure that a tensor lies in a memory when the next kernel runs.
  Status bring(int tensor, int resource) {
    std::vector<bool>& there = lies[at(tensor)];
    if (there[at(resource)]) return Ok{};
    if (resource != 0 && !there[0]) KERNWISE_TRY(bring(tensor, 0));
    const auto from = static_cast<int>(std::find(there.begin(), there.end(), true) - there.begin());
    Step step;
    step.in = resource != 0;
    const int device = step.in ? resource : from;
    step.resource = resources[at(device)];
    KERNWISE_ASSIGN(step.host, memory_of(tensor, 0));
    KERNWISE_ASSIGN(step.there, memory_of(tensor, device));
    step.elements = program.tensors[at(tensor)].bytes().value / 4;
    there[at(resource)] = true;
    steps.push_back(std::move(step));
    return Ok{};
  }

  Status add_kernel(const Task& task, const PlaceOption& option) {
    const Primitive* primitive = find_primitive(option.primitive);
    if (primitive == nullptr) {
      return unsupported(fmt::format("there is no primitive '{}' in this build", option.primitive));
    }
    const Execution execution{.threads = option.threads,
                              .resource = table.resources[at(option.resource)].name};
    const Applicability answer = primitive->supports(task.problem, execution);
    if (const auto* refused = std::get_if<Refused>(&answer)) {
      return unsupported(refused->reason).within(option.primitive);
    }
    Step step;
    step.threads = option.threads;
    {
      const ThreadScope scope(option.threads);
      KERNWISE_ASSIGN(step.kernel, primitive->prepare(task.problem, {}, execution));
    }
    for (const int input : task.inputs) {
      KERNWISE_TRY(bring(input, option.resource));
      KERNWISE_ASSIGN(step.inputs.emplace_back(), memory_of(input, option.resource));
    }
    KERNWISE_ASSIGN(step.output, memory_of(task.output, option.resource));
    step.resource = resources[at(option.resource)];
    lies[at(task.output)][at(option.resource)] = true;
    Bytes& most = scratch_size[at(option.resource)];
    most = std::max(most, step.kernel->workspace());
    steps.push_back(std::move(step));
    scratch_of.push_back({steps.size() - 1, option.resource});
    return Ok{};
  }

  Status add_scratch() {
    for (std::size_t r = 0; r < scratch_size.size(); ++r) {
      if (scratch_size[r].value == 0) continue;
      KERNWISE_ASSIGN(scratch[r], allocate(static_cast<int>(r), scratch_size[r]));
    }
    for (const auto& [step, resource] : scratch_of) {
      steps[step].scratch = reinterpret_cast<std::byte*>(scratch[at(resource)].data());
    }
    return Ok{};
  }

  Program program;
  PlaceTable table;
  Bytes limit, used;
  std::vector<const Resource*> resources;
  std::vector<std::vector<ResourceMemory>> memories;  // [tensor][resource]
  std::vector<std::vector<bool>> lies;                // [tensor][resource], while preparing
  std::vector<Bytes> scratch_size;
  std::vector<ResourceMemory> scratch;
  std::vector<std::pair<std::size_t, int>> scratch_of;
  std::vector<Step> steps;
};

ProgramExecutor::ProgramExecutor(std::unique_ptr<State> state) : state_(std::move(state)) {}
ProgramExecutor::~ProgramExecutor() = default;
ProgramExecutor::ProgramExecutor(ProgramExecutor&&) noexcept = default;
ProgramExecutor& ProgramExecutor::operator=(ProgramExecutor&&) noexcept = default;

Result<ProgramExecutor> ProgramExecutor::prepare(const Program& program, const PlaceTable& table,
                                                 const Placement& placement, Bytes memory) {
  KERNWISE_CHECK(placement.option.size() == program.tasks.size());
  auto state = std::make_unique<State>(program, table);
  state->limit = memory;
  for (const PlaceResource& resource : table.resources) {
    const Resource* found = find_resource(resource.name);
    if (found == nullptr || !found->refusal().empty()) {
      return unsupported(found == nullptr ? "this machine has no such resource" : found->refusal(),
                         "'kernwise list resources' names what there is")
          .within(resource.name);
    }
    state->resources.push_back(found);
  }
  const std::size_t count = table.resources.size();
  state->memories.resize(program.tensors.size());
  for (auto& row : state->memories) row.resize(count);
  state->lies.assign(program.tensors.size(), std::vector<bool>(count, false));
  state->scratch_size.resize(count);
  state->scratch.resize(count);
  for (std::size_t i = 0; i < program.tensors.size(); ++i) {
    const bool input = program.tensors[i].maker < 0;
    state->lies[i][0] = input;
    if (input) KERNWISE_TRY(state->memory_of(static_cast<int>(i), 0));
  }
  for (std::size_t i = 0; i < program.tasks.size(); ++i) {
    const PlaceOption& option = table.tasks[i][at(placement.option[i])];
    Status added = state->add_kernel(program.tasks[i], option);
    if (!added.ok()) return std::move(added).error().within(program.name(program.tasks[i]));
  }
  for (std::size_t i = 0; i < program.tensors.size(); ++i) {
    if (program.tensors[i].output) KERNWISE_TRY(state->bring(static_cast<int>(i), 0));
  }
  KERNWISE_TRY(state->add_scratch());
  return ProgramExecutor(std::move(state));
}

void ProgramExecutor::set_inputs(const ProgramInputs& inputs) {
  for (std::size_t i = 0; i < state_->program.tensors.size(); ++i) {
    if (state_->program.tensors[i].maker >= 0) continue;
    std::memcpy(state_->memories[i][0].data(), inputs[i].data(), inputs[i].size() * sizeof(float));
  }
}

Status ProgramExecutor::run() {
  for (const State::Step& step : state_->steps) {
    if (step.kernel != nullptr) {
      const ThreadScope scope(step.threads);
      step.kernel->run({.inputs = step.inputs, .output = step.output, .scratch = step.scratch});
    } else if (step.in) {
      KERNWISE_TRY(step.resource->copy_in(step.there, step.host, step.elements));
    } else {
      KERNWISE_TRY(step.resource->copy_out(step.host, step.there, step.elements));
    }
  }
  for (const Resource* resource : state_->resources) KERNWISE_TRY(resource->state());
  return Ok{};
}

std::span<const float> ProgramExecutor::output(int tensor) const {
  const ResourceMemory& host = state_->memories[at(tensor)][0];
  KERNWISE_CHECK(host.data() != nullptr);
  const Bytes size = state_->program.tensors[at(tensor)].bytes();
  return {host.data(), static_cast<std::size_t>(size.value / 4)};
}

Bytes ProgramExecutor::memory() const { return state_->used; }

ProgramInputs random_inputs(const Program& program, Rng& rng) {
  ProgramInputs inputs(program.tensors.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = program.tensors[i];
    if (tensor.maker >= 0) continue;
    inputs[i].resize(static_cast<std::size_t>(tensor.bytes().value / 4));
    for (float& value : inputs[i]) value = static_cast<float>(rng.uniform(-1, 1));
  }
  return inputs;
}

std::vector<std::vector<double>> reference_outputs(const Program& program,
                                                   const ProgramInputs& inputs) {
  std::vector<std::vector<double>> values(program.tensors.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i].assign(inputs[i].begin(), inputs[i].end());
  }
  for (const Task& task : program.tasks) {
    std::vector<std::span<const double>> operands;
    for (const int input : task.inputs) operands.emplace_back(values[at(input)]);
    values[at(task.output)] = reference_run(task.problem, operands, {}, {});
    // What has been read for the last time is given back.
    for (const int input : task.inputs) {
      const Tensor& tensor = program.tensors[at(input)];
      const bool last = &program.tasks[at(tensor.readers.back())] == &task;
      if (last && !tensor.output) values[at(input)] = {};
    }
  }
  return values;
}

}  // namespace kernwise
