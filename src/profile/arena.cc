// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "arena.h"

#include <algorithm>
#include <cmath>

#include "kernwise/base/rng.h"

namespace kernwise {
namespace {

constexpr int64_t kLineFloats = 16;  // one 64-byte cache line
constexpr int64_t kTable = 65536;    // distinct random values; repeated over the larger buffers
// Of int8 tensors: no two alike, for a copy between equal steps is a faster one.
constexpr TensorSteps kSteps = {.input = 0.02F, .output = 0.03F, .residual = 0.025F};

int64_t aligned(int64_t floats) { return (floats + kLineFloats - 1) / kLineFloats * kLineFloats; }

// Kernels of programs know matrices row by row only; blocks of channels would pad their one channel
// to sixteen.
bool plain_only(const Problem& problem) {
  return problem.as<GemmProblem>() != nullptr || problem.as<GemvProblem>() != nullptr ||
         problem.as<MatconvProblem>() != nullptr;
}

int64_t largest(const Problem& problem, const Shape4& shape) {
  if (plain_only(problem)) return aligned(shape.elements());
  int64_t floats = 0;
  for (const Layout layout : kAllLayouts) {
    floats = std::max(floats, physical_elements(shape, layout));
  }
  return aligned(floats);
}

Status fill(const Resource& resource, const ResourceMemory& memory,
            const std::vector<float>& table) {
  const int64_t floats = memory.size().value / 4;
  for (int64_t at = 0; at < floats; at += kTable)
    KERNWISE_TRY(resource.copy_in(memory.data() + at, table.data(), std::min(kTable, floats - at)));
  return Ok{};
}

}  // namespace

Result<std::unique_ptr<ProfileArena>> ProfileArena::make(const Resource& resource,
                                                         const std::vector<Problem>& problems,
                                                         Bytes workspace, Bytes sweep,
                                                         uint64_t seed) {
  int64_t input = kLineFloats;
  int64_t output = kLineFloats;
  int64_t weights = kLineFloats;
  for (const Problem& problem : problems) {
    int64_t in = 0;
    for (int i = 0; i < input_count(problem); ++i) {
      in += largest(problem, input_shape(problem, i));
    }
    input = std::max(input, in);
    output = std::max(output, largest(problem, output_shape(problem)));
    weights = std::max(weights, aligned(weight_elements(problem)) + bias_elements(problem));
  }
  std::unique_ptr<ProfileArena> arena(new ProfileArena);
  arena->on_cpu_ = resource.name() == "cpu";
  KERNWISE_ASSIGN(arena->input_, resource.allocate({input * 4}));
  KERNWISE_ASSIGN(arena->output_, resource.allocate({output * 4}));
  KERNWISE_ASSIGN(arena->scratch_, resource.allocate({aligned((workspace.value + 3) / 4) * 4}));
  arena->weights_ = AlignedBuffer({weights * 4});
  arena->sweep_ = AlignedBuffer(sweep);
  Rng rng(seed);
  std::vector<float> table(kTable);
  for (float& x : table) x = static_cast<float>(rng.normal());
  KERNWISE_TRY(fill(resource, arena->input_, table));
  KERNWISE_TRY(fill(resource, arena->output_, table));
  for (float& x : table) x *= 0.05F;  // keeps sums over thousands of terms near one
  for (int64_t at = 0; at < weights; at += kTable)
    std::copy_n(table.begin(), std::min(kTable, weights - at), arena->weights_.floats() + at);
  KERNWISE_TRY(fill(resource, arena->scratch_, std::vector<float>(kTable)));
  std::fill_n(arena->sweep_.data(), arena->sweep_.size().value, std::byte{0});
  return arena;
}

WeightView ProfileArena::weights(const Problem& problem) const {
  const int64_t count = weight_elements(problem);
  const float* base = weights_.floats();
  return {{base, static_cast<std::size_t>(count)},
          {base + aligned(count), static_cast<std::size_t>(bias_elements(problem))},
          kSteps};
}

ProfileArena::Binding ProfileArena::bind(const Problem& problem, Layout in, Layout out) {
  Binding binding;
  int64_t at = 0;
  for (int i = 0; i < input_count(problem); ++i) {
    binding.inputs.push_back(input_.data() + at);
    at += aligned(physical_floats(input_shape(problem, i), in));
  }
  binding.input_floats = at;
  binding.output = output_.data();
  binding.output_floats = physical_floats(output_shape(problem), out);
  binding.scratch = reinterpret_cast<std::byte*>(scratch_.data());
  return binding;
}

void ProfileArena::warm(const Binding& binding, bool residual) {
  if (!on_cpu_) return;
  // One store per line makes the whole line dirty in the cache of the core that will use it.
  if (residual) {
    const int64_t floats = std::min(binding.output_floats, input_.size().value / 4);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < binding.output_floats; ++i) {
      binding.output[i] = input_.data()[i % floats];
    }
  }
  volatile float* input = input_.data();
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < binding.input_floats; i += kLineFloats) input[i] = input[i];
}

void ProfileArena::sweep(int64_t bytes) {
  const int64_t floats = std::min(bytes, sweep_.size().value) / 4;
  const float* data = sweep_.floats();
  float sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum)
  for (int64_t i = 0; i < floats; i += kLineFloats) sum += data[i];
  sink_ += sum;
}

}  // namespace kernwise
