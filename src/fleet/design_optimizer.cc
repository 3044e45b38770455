// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/design_optimizer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "design_optimizer_state.h"

namespace kernwise {

std::string_view to_string(OptimizerTraining training) {
  return training == OptimizerTraining::kLabels ? "labels" : "descent";
}

namespace detail {

// Only the shape of a device and the bound on that scale matter: cost <= bound is
// mean direction + sum (z_k / s) u_k <= (log bound - c) / s.
void optimizer_input(const OptimizerScaling& scaling, std::span<const float> embedding,
                     double bound, float* to) {
  const double size = std::max(static_cast<double>(embedding[1]), 1e-6);
  const double level = (std::log(bound) - static_cast<double>(embedding[0])) / size;
  to[0] = static_cast<float>(std::clamp(level, -4.0, 4.0));
  for (std::size_t k = 2; k < embedding.size(); ++k) {
    const double z = static_cast<double>(embedding[k]) / size / scaling.spread[k - 2];
    to[k - 1] = static_cast<float>(std::clamp(z, -4.0, 4.0));
  }
}

void softmax_by_position(const std::vector<std::size_t>& first, float* logits) {
  for (std::size_t p = 0; p + 1 < first.size(); ++p) {
    float* begin = logits + first[p];
    float* end = logits + first[p + 1];
    const float most = *std::max_element(begin, end);
    float sum = 0;
    for (float* x = begin; x < end; ++x) sum += * x = std::exp(*x - most);
    for (float* x = begin; x < end; ++x) *x /= sum;
  }
}

}  // namespace detail

std::vector<float> DesignOptimizer::forward(std::span<const float> embedding, double bound) const {
  const Mlp& net = state_->net;
  std::vector<float> input(static_cast<std::size_t>(net.sizes.front()));
  detail::optimizer_input(state_->scaling, embedding, bound, input.data());
  std::vector<float> output(static_cast<std::size_t>(net.sizes.back()));
  std::vector<float> scratch(static_cast<std::size_t>(net.scratch_floats()));
  net.predict(input.data(), output.data(), scratch.data());
  detail::softmax_by_position(state_->first, output.data());
  return output;
}

std::vector<uint16_t> DesignOptimizer::project(std::span<const float> probabilities) const {
  std::vector<uint16_t> design;
  for (std::size_t p = 0; p + 1 < state_->first.size(); ++p) {
    const auto begin = probabilities.begin() + static_cast<std::ptrdiff_t>(state_->first[p]);
    const auto end = probabilities.begin() + static_cast<std::ptrdiff_t>(state_->first[p + 1]);
    design.push_back(static_cast<uint16_t>(std::max_element(begin, end) - begin));
  }
  return design;
}

int32_t DesignOptimizer::project(std::span<const float> probabilities, const LatencyTable& table,
                                 std::span<const int32_t> rows) const {
  std::vector<float> logs;
  for (const float p : probabilities) logs.push_back(std::log(std::max(p, 1e-12F)));
  int32_t best = -1;
  float most = 0;
  for (const int32_t row : rows) {
    const auto design = table.design(static_cast<std::size_t>(row));
    float sum = 0;
    for (std::size_t p = 0; p < design.size(); ++p) sum += logs[state_->first[p] + design[p]];
    if (best < 0 || sum > most) most = sum, best = row;
  }
  return best;
}

RepairedDesign repair_design(const DesignEncoding& encoding, std::span<const uint16_t> design,
                             const DesignNumber& log_upper, const DesignNumber& value,
                             double log_bound, int steps) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr std::size_t kPairsUpTo = 8;  // positions; beyond, only single changes are tried
  RepairedDesign repaired{{design.begin(), design.end()}, false, 0};
  struct Scored {
    double cost, value;
  };
  const auto score = [&](const std::vector<uint16_t>& candidate) -> Scored {
    const double worth = value(candidate);
    if (std::isnan(worth)) return {kInfinity, -kInfinity};
    const double cost = log_upper(candidate);
    return {std::isnan(cost) ? kInfinity : cost, worth};
  };
  Scored now = score(repaired.design);
  const auto neighbours = [&](const auto& visit, bool pairs) {
    std::vector<uint16_t> other = repaired.design;
    const auto vary = [&](std::size_t p, const auto& next) {
      const uint16_t held = other[p];
      for (std::size_t c = 0; c < encoding.choices[p].size(); ++c) {
        if (c == held) continue;
        other[p] = static_cast<uint16_t>(c);
        next();
      }
      other[p] = held;
    };
    for (std::size_t p = 0; p < other.size(); ++p) {
      vary(p, [&] {
        if (!pairs) return visit(other);
        for (std::size_t q = p + 1; q < other.size(); ++q) vary(q, [&] { visit(other); });
      });
    }
  };
  while (repaired.steps < steps) {
    const bool feasible = now.cost <= log_bound;
    std::vector<uint16_t> best;
    Scored best_score = now;
    double best_rate = 0;
    // A feasible neighbour beats any infeasible one; among infeasible ones the cheapest way down.
    const auto consider = [&](const std::vector<uint16_t>& other) {
      const Scored s = score(other);
      const bool within = s.cost <= log_bound;
      const bool best_within = best_score.cost <= log_bound;
      if (within) {
        if (best_within && s.value <= best_score.value) return;
      } else {
        if (best_within || s.cost >= now.cost) return;
        const double rate = (now.cost - s.cost) / (std::max(now.value - s.value, 0.0) + 1e-3);
        if (rate <= best_rate) return;
        best_rate = rate;
      }
      best = other;
      best_score = s;
    };
    neighbours(consider, false);
    if (encoding.positions.size() <= kPairsUpTo && (best.empty() || feasible)) {
      neighbours(consider, true);
    }
    if (best.empty()) break;
    repaired.design = std::move(best);
    now = best_score;
    ++repaired.steps;
  }
  repaired.feasible = now.cost <= log_bound;
  return repaired;
}

}  // namespace kernwise
