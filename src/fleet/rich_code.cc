// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "rich_code.h"

#include <algorithm>

namespace kernwise::detail {
namespace {

constexpr std::size_t kMostEntries = 1200;  // a regression solves a system of this size

}  // namespace

RichCode::RichCode(const DesignEncoding& encoding) {
  const std::size_t positions = encoding.positions.size();
  first_.push_back(0);
  for (const auto& choices : encoding.choices) first_.push_back(first_.back() + choices.size());
  const auto size_of = [&](const std::vector<std::pair<std::size_t, std::size_t>>& pairs) {
    std::size_t size = 1 + first_.back();
    for (const auto& [a, b] : pairs)
      size += encoding.choices[a].size() * encoding.choices[b].size();
    return size;
  };
  std::vector<std::pair<std::size_t, std::size_t>> all, neighbours;
  for (std::size_t a = 0; a < positions; ++a) {
    for (std::size_t b = a + 1; b < positions; ++b) {
      all.emplace_back(a, b);
      if (b == a + 1) neighbours.emplace_back(a, b);
    }
  }
  if (size_of(all) <= kMostEntries) {
    pairs_ = std::move(all);
  } else if (size_of(neighbours) <= kMostEntries) {
    pairs_ = std::move(neighbours);
  }
  width_ = 1 + first_.back();
  for (const auto& [a, b] : pairs_) {
    pair_first_.push_back(width_);
    width_ += encoding.choices[a].size() * encoding.choices[b].size();
  }
}

void RichCode::entries(std::span<const uint16_t> design,
                       std::vector<std::pair<int32_t, float>>& to) const {
  to.clear();
  to.emplace_back(0, 1.0F);
  for (std::size_t p = 0; p < design.size(); ++p) {
    to.emplace_back(static_cast<int32_t>(1 + first_[p] + design[p]), 1.0F);
  }
  for (std::size_t k = 0; k < pairs_.size(); ++k) {
    const auto [a, b] = pairs_[k];
    const std::size_t wide = first_[b + 1] - first_[b];
    to.emplace_back(static_cast<int32_t>(pair_first_[k] + design[a] * wide + design[b]),
                    kPairScale);
  }
}

void RichCode::product(std::span<const float> relaxed, const float* weights, std::size_t stride,
                       std::size_t columns, float* to, float* jacobian) const {
  const std::size_t n = choices();
  std::copy(weights, weights + columns, to);
  if (jacobian != nullptr) std::fill(jacobian, jacobian + columns * n, 0.0F);
  for (std::size_t i = 0; i < n; ++i) {
    const float* w = weights + (1 + i) * stride;
    for (std::size_t k = 0; k < columns; ++k) to[k] += relaxed[i] * w[k];
    if (jacobian == nullptr) continue;
    for (std::size_t k = 0; k < columns; ++k) jacobian[k * n + i] += w[k];
  }
  for (std::size_t p = 0; p < pairs_.size(); ++p) {
    const auto [a, b] = pairs_[p];
    const float* w = weights + pair_first_[p] * stride;
    for (std::size_t i = first_[a]; i < first_[a + 1]; ++i) {
      for (std::size_t j = first_[b]; j < first_[b + 1]; ++j, w += stride) {
        const float x = kPairScale * relaxed[i], y = kPairScale * relaxed[j];
        if (x == 0 && y == 0) continue;
        for (std::size_t k = 0; k < columns; ++k) to[k] += x * relaxed[j] * w[k];
        if (jacobian == nullptr) continue;
        for (std::size_t k = 0; k < columns; ++k) {
          jacobian[k * n + i] += y * w[k];
          jacobian[k * n + j] += x * w[k];
        }
      }
    }
  }
}

}  // namespace kernwise::detail
