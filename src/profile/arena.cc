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

int64_t aligned(int64_t floats) { return (floats + kLineFloats - 1) / kLineFloats * kLineFloats; }

int64_t largest(const Shape4& shape) {
  int64_t floats = 0;
  for (const Layout layout : kAllLayouts) {
    floats = std::max(floats, physical_elements(shape, layout));
  }
  return aligned(floats);
}

void fill(AlignedBuffer& buffer, const std::vector<float>& table) {
  const int64_t floats = buffer.size().value / 4;
  for (int64_t at = 0; at < floats; at += kTable) {
    std::copy_n(table.begin(), std::min(kTable, floats - at), buffer.floats() + at);
  }
}

}  // namespace

ProfileArena::ProfileArena(const std::vector<Problem>& problems, Bytes workspace, Bytes sweep,
                           uint64_t seed) {
  int64_t input = kLineFloats;
  int64_t output = kLineFloats;
  int64_t weights = kLineFloats;
  for (const Problem& problem : problems) {
    int64_t in = 0;
    for (int i = 0; i < input_count(problem); ++i) in += largest(input_shape(problem, i));
    input = std::max(input, in);
    output = std::max(output, largest(output_shape(problem)));
    weights = std::max(weights, aligned(weight_elements(problem)) + bias_elements(problem));
  }
  input_ = AlignedBuffer({input * 4});
  output_ = AlignedBuffer({output * 4});
  weights_ = AlignedBuffer({weights * 4});
  scratch_ = AlignedBuffer(workspace);
  sweep_ = AlignedBuffer(sweep);
  Rng rng(seed);
  std::vector<float> table(kTable);
  for (float& x : table) x = static_cast<float>(rng.normal());
  fill(input_, table);
  fill(output_, table);
  for (float& x : table) x *= 0.05F;  // keeps sums over thousands of terms near one
  fill(weights_, table);
  std::fill_n(scratch_.data(), scratch_.size().value, std::byte{0});
  std::fill_n(sweep_.data(), sweep_.size().value, std::byte{0});
}

WeightView ProfileArena::weights(const Problem& problem) const {
  const int64_t count = weight_elements(problem);
  const float* base = weights_.floats();
  return {{base, static_cast<std::size_t>(count)},
          {base + aligned(count), static_cast<std::size_t>(bias_elements(problem))}};
}

ProfileArena::Binding ProfileArena::bind(const Problem& problem, Layout in, Layout out) {
  Binding binding;
  int64_t at = 0;
  for (int i = 0; i < input_count(problem); ++i) {
    binding.inputs.push_back(input_.floats() + at);
    at += aligned(physical_elements(input_shape(problem, i), in));
  }
  binding.input_floats = at;
  binding.output = output_.floats();
  binding.output_floats = physical_elements(output_shape(problem), out);
  binding.scratch = scratch_.data();
  return binding;
}

void ProfileArena::warm(const Binding& binding, bool residual) {
  // One store per line makes the whole line dirty in the cache of the core that will use it.
  if (residual) {
    const int64_t floats = std::min(binding.output_floats, input_.size().value / 4);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < binding.output_floats; ++i) {
      binding.output[i] = input_.floats()[i % floats];
    }
  }
  volatile float* input = input_.floats();
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
