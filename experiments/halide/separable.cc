// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <array>

#include "two_stage.h"
#include "workloads.h"

namespace kernwise::halide {
namespace {

constexpr int kTaps = 7;
// Row 6 of Pascal's triangle over 64: exact in float32.
constexpr std::array<float, kTaps> kWeights = {1 / 64.F,  6 / 64.F, 15 / 64.F, 20 / 64.F,
                                               15 / 64.F, 6 / 64.F, 1 / 64.F};

Program separable_algorithm() {
  Program p{.input = Halide::ImageParam(Halide::Float(32), 2, "luma")};
  Halide::Func rows("rows"), filtered("filtered");
  const Halide::Var x = p.x, y = p.y;
  Halide::Expr along = 0.0F, down = 0.0F;
  for (int k = 0; k < kTaps; ++k)
    along += kWeights[static_cast<std::size_t>(k)] * p.input(x + k, y);
  rows(x, y) = along;
  for (int k = 0; k < kTaps; ++k) down += kWeights[static_cast<std::size_t>(k)] * rows(x, y + k);
  filtered(x, y) = down;
  p.stages = {rows, filtered};
  return p;
}

void schedule_separable(Program& program, const Knobs& knobs) {
  schedule_two_stage(program, knobs, kTaps);
}

std::vector<double> separable_features(const Knobs& knobs, int64_t n, int threads) {
  return two_stage_feature_values(knobs, n, threads, kTaps, sizeof(float));
}

Halide::Buffer<> separable_input(const Picture& picture, int64_t n) {
  const auto side = static_cast<int>(n) + kTaps - 1;
  Halide::Buffer<float> luma(side, side);
  for (int y = 0; y < side; ++y) {
    float* row = &luma(0, y);
    for (int x = 0; x < side; ++x) {
      row[x] = 0.299F * picture.at(0, x, y) + 0.587F * picture.at(1, x, y) +
               0.114F * picture.at(2, x, y);
    }
  }
  return luma;
}

std::vector<int> separable_extents(int64_t n) { return {static_cast<int>(n), static_cast<int>(n)}; }

Halide::Buffer<> separable_reference(const Halide::Buffer<>& input, int64_t n) {
  const Halide::Buffer<const float> in = input;
  const auto side = static_cast<int>(n);
  Halide::Buffer<float> rows(side, side + kTaps - 1), out(side, side);
  const auto weighted = [](const float* from, std::ptrdiff_t stride) {
    double sum = 0;
    for (int k = 0; k < kTaps; ++k) {
      sum += double{kWeights[static_cast<std::size_t>(k)]} * double{from[k * stride]};
    }
    return static_cast<float>(sum);
  };
  for (int y = 0; y < side + kTaps - 1; ++y) {
    const float* from = &in(0, y);
    float* to = &rows(0, y);
    for (int x = 0; x < side; ++x) to[x] = weighted(from + x, 1);
  }
  for (int y = 0; y < side; ++y) {
    const float* from = &rows(0, y);
    float* to = &out(0, y);
    for (int x = 0; x < side; ++x) to[x] = weighted(from + x, side);
  }
  return out;
}

}  // namespace

Workload separable_workload() {
  return {.name = "separable7",
          .describes = "separable 7-tap binomial filter, float32, two passes",
          .knobs = two_stage_knobs({4, 8, 16, 32}),
          .features = two_stage_features(),
          .tolerance = 1e-5,
          .algorithm = separable_algorithm,
          .schedule = schedule_separable,
          .valid = valid_two_stage,
          .feature_values = separable_features,
          .input = separable_input,
          .output_extents = separable_extents,
          .reference = separable_reference};
}

}  // namespace kernwise::halide
