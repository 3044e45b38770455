// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernel_expansion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "matmul.h"

namespace kernwise::detail {
namespace {

constexpr int64_t kPadding = 16;  // floats of the widest vector
constexpr std::size_t kMaxBlocks = 24;
constexpr int64_t kMaxSize = int64_t{1} << 26;  // of any one tensor

int64_t padded(int64_t n) { return (n + kPadding - 1) / kPadding * kPadding; }
// So that a block may be read beyond its end, to the next multiple of kPadding.
int64_t stride_of(int64_t points) { return padded(points) + kPadding; }

// Which outputs have a coefficient at this point.
std::vector<int64_t> pattern_of(const float* coefficients, int64_t outputs) {
  std::vector<int64_t> pattern;
  for (int64_t p = 0; p < outputs; ++p) {
    if (coefficients[p] != 0) pattern.push_back(p);
  }
  return pattern;
}

}  // namespace

KernelExpansion::KernelExpansion(int64_t inputs, int64_t outputs, std::vector<Axis> axes,
                                 const std::vector<float>& points,
                                 const std::vector<float>& coefficients, std::vector<float> linear)
    : inputs_(inputs), outputs_(outputs), points_(static_cast<int64_t>(points.size()) / inputs),
      stride_(stride_of(points_)), axes_(std::move(axes)), linear_(std::move(linear)) {
  std::map<std::vector<int64_t>, std::vector<int64_t>> patterns;
  for (int64_t i = 0; i < points_; ++i) {
    patterns[pattern_of(coefficients.data() + i * outputs, outputs)].push_back(i);
  }
  // Rare patterns share one dense block: many small blocks would cost more than their zeros.
  std::vector<std::pair<std::vector<int64_t>, std::vector<int64_t>>> kept(patterns.begin(),
                                                                          patterns.end());
  std::stable_sort(kept.begin(), kept.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  if (kept.size() > kMaxBlocks) {
    std::vector<int64_t> all(static_cast<std::size_t>(outputs)), rest;
    for (int64_t p = 0; p < outputs; ++p) all[static_cast<std::size_t>(p)] = p;
    for (std::size_t i = kMaxBlocks; i < kept.size(); ++i) {
      rest.insert(rest.end(), kept[i].second.begin(), kept[i].second.end());
    }
    kept.resize(kMaxBlocks);
    kept.emplace_back(all, rest);
  }
  std::vector<float> ordered;
  int64_t first = 0;
  for (const auto& [columns, rows] : kept) {
    Block block{first, static_cast<int64_t>(rows.size()), columns,
                static_cast<int64_t>(coefficients_.size())};
    for (const int64_t row : rows) {
      ordered.insert(ordered.end(), points.begin() + row * inputs,
                     points.begin() + (row + 1) * inputs);
    }
    for (const int64_t column : columns) {
      for (const int64_t row : rows) {
        coefficients_.push_back(coefficients[static_cast<std::size_t>(row * outputs + column)]);
      }
      coefficients_.resize(
          static_cast<std::size_t>(padded(static_cast<int64_t>(coefficients_.size()))));
    }
    first += block.rows;
    blocks_.push_back(std::move(block));
  }
  along_ = along_axes(ordered, points_, inputs, axes_, stride_);
}

int64_t KernelExpansion::parameters() const {
  int64_t count = static_cast<int64_t>(linear_.size());
  for (const Block& block : blocks_)
    count += block.rows * static_cast<int64_t>(block.outputs.size());
  return count;
}

void KernelExpansion::evaluate(const float* z, float* to, float* scratch,
                               const uint8_t* wanted) const {
  constexpr int64_t kChunk = 64;
  float* kernel = scratch;
  float* scaled = scratch + stride_;
  std::copy(linear_.begin(), linear_.begin() + outputs_, to);
  for (int64_t i = 0; i < inputs_; ++i) {
    const float value = z[i];
    const float* row = linear_.data() + (1 + i) * outputs_;
    if (value == 0) continue;
    for (int64_t p = 0; p < outputs_; ++p) to[p] += value * row[p];
  }
  for (std::size_t a = 0; a < axes_.size(); ++a) scaled[a] = z[axes_[a].index] * axes_[a].reach;
  for (const Block& block : blocks_) {
    // Beyond the block's rows: points of the next block, times coefficients that are zero.
    const int64_t rows = padded(block.rows);
    const auto columns = static_cast<int64_t>(block.outputs.size());
    bool ready = false;
    for (int64_t c = 0; c < columns;) {
      std::array<int32_t, kChunk> chunk;
      std::array<float, kChunk> sums;
      int64_t count = 0;
      for (; c < columns && count < kChunk; ++c) {
        if (wanted != nullptr && !wanted[block.outputs[static_cast<std::size_t>(c)]]) continue;
        chunk[static_cast<std::size_t>(count++)] = static_cast<int32_t>(c);
      }
      if (count == 0) break;
      if (!ready) {
        matern_row(scaled, static_cast<int64_t>(axes_.size()),
                   axes_.empty() ? nullptr : along_.data() + block.first, stride_, rows, kernel);
        ready = true;
      }
      dots(kernel, rows, coefficients_.data() + block.at, rows, chunk.data(), count, sums.data());
      for (int64_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        to[block.outputs[static_cast<std::size_t>(chunk[at])]] += sums[at];
      }
    }
  }
}

RegressorState KernelExpansion::state() const {
  RegressorState state{RegressorKind::kKernel, {inputs_, outputs_, points_}, {}};
  state.numbers.push_back(static_cast<int64_t>(axes_.size()));
  std::vector<float> reach;
  for (const Axis& axis : axes_) {
    state.numbers.push_back(axis.index);
    reach.push_back(axis.reach);
  }
  state.numbers.push_back(static_cast<int64_t>(blocks_.size()));
  for (const Block& block : blocks_) {
    state.numbers.push_back(block.rows);
    state.numbers.push_back(static_cast<int64_t>(block.outputs.size()));
    state.numbers.insert(state.numbers.end(), block.outputs.begin(), block.outputs.end());
  }
  state.tensors = {reach, along_, coefficients_, linear_};
  return state;
}

Result<KernelExpansion> KernelExpansion::restore(const RegressorState& state) {
  std::size_t at = 0;
  const auto broken = [] { return invalid_input("the kernel's numbers contradict each other"); };
  bool good = true;
  const auto next = [&](int64_t low, int64_t high) {
    if (at >= state.numbers.size() || state.numbers[at] < low || state.numbers[at] > high) {
      good = false;
      return low;
    }
    return state.numbers[at++];
  };
  KernelExpansion e;
  e.inputs_ = next(1, 4096);
  e.outputs_ = next(1, 1 << 16);
  e.points_ = next(0, 1 << 20);
  e.stride_ = stride_of(e.points_);
  const int64_t axes = next(0, e.inputs_);
  if (!good || state.tensors.size() != 4) return broken();
  if (static_cast<int64_t>(state.tensors[0].size()) != axes) return broken();
  for (int64_t a = 0; a < axes && good; ++a) {
    e.axes_.push_back({next(0, e.inputs_ - 1), state.tensors[0][static_cast<std::size_t>(a)]});
  }
  const int64_t blocks = next(0, static_cast<int64_t>(kMaxBlocks) + 1);
  int64_t first = 0, size = 0;
  for (int64_t b = 0; b < blocks && good; ++b) {
    Block block;
    block.first = first;
    block.at = size;
    block.rows = next(0, e.points_ - first);
    const int64_t columns = next(0, e.outputs_);
    for (int64_t c = 0; c < columns && good; ++c) block.outputs.push_back(next(0, e.outputs_ - 1));
    first += block.rows;
    size += padded(block.rows) * columns;
    if (size > kMaxSize) good = false;
    e.blocks_.push_back(std::move(block));
  }
  if (!good || at != state.numbers.size() || first != e.points_) return broken();
  const auto has = [&](std::size_t tensor, int64_t count) {
    return static_cast<int64_t>(state.tensors[tensor].size()) == count;
  };
  if (!has(1, axes * e.stride_) || !has(2, size) || !has(3, (1 + e.inputs_) * e.outputs_)) {
    return broken();
  }
  e.along_ = state.tensors[1];
  e.coefficients_ = state.tensors[2];
  e.linear_ = state.tensors[3];
  return e;
}

std::vector<float> along_axes(const std::vector<float>& z, int64_t n, int64_t inputs,
                              const std::vector<KernelExpansion::Axis>& axes, int64_t stride) {
  std::vector<float> along(axes.size() * static_cast<std::size_t>(stride), 0.0F);
  for (std::size_t a = 0; a < axes.size(); ++a) {
    float* to = along.data() + static_cast<int64_t>(a) * stride;
    for (int64_t i = 0; i < n; ++i) {
      to[i] = z[static_cast<std::size_t>(i * inputs + axes[a].index)] * axes[a].reach;
    }
  }
  return along;
}

std::vector<double> gram(const std::vector<float>& z, int64_t n, int64_t inputs,
                         const std::vector<KernelExpansion::Axis>& axes) {
  const std::vector<float> along = along_axes(z, n, inputs, axes, n);
  std::vector<double> values(static_cast<std::size_t>(n * n));
  std::vector<float> row(static_cast<std::size_t>(n)), point(axes.size());
  for (int64_t i = 0; i < n; ++i) {
    for (std::size_t a = 0; a < axes.size(); ++a) {
      point[a] = along[a * static_cast<std::size_t>(n) + static_cast<std::size_t>(i)];
    }
    matern_row(point.data(), static_cast<int64_t>(axes.size()), along.data(), n, n, row.data());
    std::copy(row.begin(), row.end(), values.begin() + i * n);
  }
  return values;
}

}  // namespace kernwise::detail
