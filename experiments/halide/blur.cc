// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "two_stage.h"
#include "workloads.h"

namespace kernwise::halide {
namespace {

constexpr int kTaps = 3;

Program blur_algorithm() {
  Program p{.input = Halide::ImageParam(Halide::UInt(16), 2, "grey")};
  Halide::Func rows("rows"), blurred("blurred");
  const Halide::Var x = p.x, y = p.y;
  rows(x, y) = (p.input(x, y) + p.input(x + 1, y) + p.input(x + 2, y)) / 3;
  blurred(x, y) = (rows(x, y) + rows(x, y + 1) + rows(x, y + 2)) / 3;
  p.stages = {rows, blurred};
  return p;
}

void schedule_blur(Program& program, const Knobs& knobs) {
  schedule_two_stage(program, knobs, kTaps);
}

std::vector<double> blur_features(const Knobs& knobs, int64_t n, int threads) {
  return two_stage_feature_values(knobs, n, threads, kTaps, sizeof(uint16_t));
}

// 12 bits, as from a camera: sums of three cannot overflow.
Halide::Buffer<> blur_input(const Picture& picture, int64_t n) {
  const auto side = static_cast<int>(n) + kTaps - 1;
  Halide::Buffer<uint16_t> grey(side, side);
  for (int y = 0; y < side; ++y) {
    uint16_t* row = &grey(0, y);
    for (int x = 0; x < side; ++x) {
      const float luma = 0.299F * picture.at(0, x, y) + 0.587F * picture.at(1, x, y) +
                         0.114F * picture.at(2, x, y);
      row[x] = static_cast<uint16_t>(4095 * luma + 0.5F);
    }
  }
  return grey;
}

std::vector<int> blur_extents(int64_t n) { return {static_cast<int>(n), static_cast<int>(n)}; }

Halide::Buffer<> blur_reference(const Halide::Buffer<>& input, int64_t n) {
  const Halide::Buffer<const uint16_t> in = input;
  const auto side = static_cast<int>(n);
  Halide::Buffer<uint16_t> out(side, side);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      int sum = 0;
      for (int k = 0; k < kTaps; ++k) {
        const uint16_t* row = &in(x, y + k);
        sum += (row[0] + row[1] + row[2]) / 3;
      }
      out(x, y) = static_cast<uint16_t>(sum / 3);
    }
  }
  return out;
}

}  // namespace

Workload blur_workload() {
  return {.name = "blur",
          .describes = "3x3 box blur, uint16, two passes",
          .knobs = two_stage_knobs({8, 16, 32, 64}),
          .features = two_stage_features(),
          .tolerance = 0,
          .algorithm = blur_algorithm,
          .schedule = schedule_blur,
          .valid = valid_two_stage,
          .feature_values = blur_features,
          .input = blur_input,
          .output_extents = blur_extents,
          .reference = blur_reference};
}

}  // namespace kernwise::halide
