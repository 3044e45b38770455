// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The space of schedules of convolution, ReLU and pooling:
//
//   level    0 the convolution is computed in the registers of the pooling's inner block; 1 a tile
//            of it is kept; 2 all of it is computed before the pooling
//   tile_x, tile_y   of the pooled output; tile_x 0: whole rows; tile_y rows: a task, if parallel
//   vector   floats of a vector of the convolution   rows   pooled rows of a block (two each)
//   channels output channels of a block: 1 or all four, which then share the loads of the input
//   taps     of the reduction that are unrolled      parallel 1: strips of tile_y rows are tasks
#include <algorithm>
#include <array>
#include <cmath>

#include "kernwise/base/check.h"
#include "workloads.h"

namespace kernwise::halide {
namespace {

constexpr int kIn = 3, kOut = 4, kKernel = 3;

// Floats in a vector operation: longer ones, mostly unaligned, are two for this kind of machine.
constexpr int kWide = 8;
// The C library takes blocks beyond this from the system, and gives them back, at each call.
constexpr double kFreshBytes = 32 << 20;

struct Setting {
  int level, tile_x, tile_y, vector, rows, channels, taps, parallel;
  int block_rows() const { return 2 * rows; }
  // That the sums of a block take, with 16 floats in a register at most.
  int registers() const { return block_rows() * channels * (vector > 16 ? vector / 16 : 1); }
};

Setting setting_of(const Knobs& k) {
  KERNWISE_CHECK(k.size() == 8);
  return {k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7]};
}

// Made of edges and means, in a fixed pattern: any numbers cost the same.
float weight(int kx, int ky, int in, int out) {
  const int step = (kx * (out + 1) + ky * (out + 2) + in * 5 + out * 3) % 7 - 3;
  return static_cast<float>(step) / 16;
}
float bias(int out) { return 0.125F * static_cast<float>(out - 1); }

Program convolution_algorithm() {
  Program p{.input = Halide::ImageParam(Halide::Float(32), 3, "rgb")};
  Halide::Buffer<float> weights(kKernel, kKernel, kIn, kOut), biases(kOut);
  weights.for_each_element(
      [&](int kx, int ky, int in, int out) { weights(kx, ky, in, out) = weight(kx, ky, in, out); });
  biases.for_each_element([&](int out) { biases(out) = bias(out); });
  p.r = Halide::RDom(0, kKernel, 0, kKernel, 0, kIn, "r");
  Halide::Func sums("sums"), positive("positive"), pooled("pooled");
  const Halide::Var x = p.x, y = p.y, c = p.c;
  sums(x, y, c) = biases(c);
  sums(x, y, c) += weights(p.r.x, p.r.y, p.r.z, c) * p.input(x + p.r.x, y + p.r.y, p.r.z);
  positive(x, y, c) = max(sums(x, y, c), 0.0F);
  pooled(x, y, c) = max(max(positive(2 * x, 2 * y, c), positive(2 * x + 1, 2 * y, c)),
                        max(positive(2 * x, 2 * y + 1, c), positive(2 * x + 1, 2 * y + 1, c)));
  p.stages = {sums, positive, pooled};
  return p;
}

// Sums of a block stay in registers: all loops over the block are unrolled, inside the reduction.
void schedule_sums(Program& p, const Setting& s) {
  Halide::Func sums = p.stages[0];
  const Halide::Var x = p.x, y = p.y, c = p.c, xv("sxv"), yu("syu"), cu("scu");
  const auto block = [&](Halide::Stage stage, bool reduces) {
    stage.split(x, x, xv, s.vector).split(y, y, yu, s.block_rows()).split(c, c, cu, s.channels);
    std::vector<Halide::VarOrRVar> order = {xv, cu, yu};
    if (reduces) order.insert(order.end(), {p.r.x, p.r.y, p.r.z});
    order.insert(order.end(), {x, y, c});
    stage.reorder(order).vectorize(xv).unroll(cu).unroll(yu);
    if (!reduces) return;
    if (s.taps >= 3) stage.unroll(p.r.x);
    if (s.taps >= 9) stage.unroll(p.r.y);
    if (s.taps >= 27) stage.unroll(p.r.z);
  };
  block(Halide::Stage(sums), false);
  block(sums.update(), true);
}

void schedule_convolution(Program& p, const Knobs& knobs) {
  const Setting s = setting_of(knobs);
  Halide::Func sums = p.stages[0], positive = p.stages[1], pooled = p.stages[2];
  const Halide::Var x = p.x, y = p.y, c = p.c;
  const Halide::Var xo("xo"), yo("yo"), xi("xi"), yi("yi"), xb("xb"), xv("xv"), yb("yb"), yu("yu");
  if (s.tile_x > 0) {
    pooled.tile(x, y, xo, yo, xi, yi, s.tile_x, s.tile_y);
    pooled.split(xi, xb, xv, s.vector / 2);
  } else {
    pooled.split(y, yo, yi, s.tile_y);
    pooled.split(x, xb, xv, s.vector / 2);
  }
  pooled.split(yi, yb, yu, s.rows);
  const bool together = s.level == 0 && s.channels == kOut;
  std::vector<Halide::VarOrRVar> order = {xv};
  if (together) order.push_back(c);
  order.insert(order.end(), {yu, xb, yb});
  if (!together) order.push_back(c);
  if (s.tile_x > 0) order.push_back(xo);
  order.push_back(yo);
  pooled.bound(c, 0, kOut).reorder(order).vectorize(xv).unroll(yu);
  if (together) pooled.unroll(c);
  if (s.parallel != 0) pooled.parallel(yo);

  schedule_sums(p, s);
  if (s.level == 0) {
    sums.compute_at(pooled, xb);
    return;
  }
  const Halide::Var pxb("pxb"), pxv("pxv"), pyb("pyb"), pyu("pyu"), pcb("pcb"), pcu("pcu");
  positive.split(x, pxb, pxv, s.vector)
      .split(y, pyb, pyu, s.block_rows())
      .split(c, pcb, pcu, s.channels)
      .reorder(pxv, pcu, pyu, pxb, pcb, pyb)
      .vectorize(pxv)
      .unroll(pcu)
      .unroll(pyu);
  sums.compute_at(positive, pxb);
  if (s.level == 1) {
    // A strip of whole rows has all channels anyway; else the tile keeps those of the loop over c.
    positive.compute_at(pooled, s.tile_x > 0 ? xo : yo);
  } else {
    positive.compute_root();
    if (s.parallel != 0) positive.parallel(pyb);
  }
}

bool valid_convolution(const Knobs& knobs, int64_t n) {
  const Setting s = setting_of(knobs);
  const int width = s.tile_x > 0 ? s.tile_x : s.vector;
  // Sums of a block have to fit the 32 registers of AVX-512. Beyond some 500 unrolled multiply-adds
  // code outgrows the instruction cache, and compiling it takes seconds.
  return s.tile_x <= n / 2 && s.tile_y <= n / 2 && width % (s.vector / 2) == 0 &&
         width >= s.vector / 2 && s.tile_y % s.rows == 0 && s.registers() <= 32 &&
         s.taps * s.block_rows() * s.channels <= 500;
}

std::vector<double> convolution_features(const Knobs& knobs, int64_t n, int threads) {
  const Setting s = setting_of(knobs);
  const auto side = static_cast<double>(n);
  const double width = s.tile_x > 0 ? s.tile_x : side / 2;
  const double block = static_cast<double>(s.vector) * s.block_rows() * s.channels;
  double kept = block;
  if (s.level == 1) kept = 4 * width * s.tile_y * kOut;
  if (s.level == 2) kept = side * side * kOut;
  const double tasks = s.parallel != 0 ? std::ceil(side / 2 / s.tile_y) : 1;
  const double at_once = tasks / std::ceil(tasks / threads);
  // Vector operations of a sum: multiply-adds, loads of the input, which serve all channels of the
  // block (and several rows, once those of the kernel are unrolled), and of weights, which serve
  // all vectors of a channel.
  const double vectors = s.registers() / static_cast<double>(s.channels);
  const double shared = s.taps >= 9 ? 3 * s.block_rows() / (s.block_rows() + 2.0) : 1;
  const double taps = kIn * kKernel * kKernel;
  const double operations =
      taps * (1 + 1 / (s.channels * shared) + 1 / vectors) / std::min(s.vector, kWide);
  const double kept_bytes = kept * sizeof(float);
  return {std::log2(side),       std::log2(operations),
          std::log2(kept_bytes), std::log2(s.registers()),
          std::log2(s.vector),   std::log2(at_once),
          std::log2(width),      kept_bytes > kFreshBytes ? 1.0 : 0.0,
          std::log2(s.channels), std::log2(s.taps),
          std::log2(s.tile_y)};
}

Halide::Buffer<> convolution_input(const Picture& picture, int64_t n) {
  const auto side = static_cast<int>(n) + kKernel - 1;
  Halide::Buffer<float> rgb(side, side, kIn);
  for (int channel = 0; channel < kIn; ++channel) {
    for (int y = 0; y < side; ++y) {
      float* row = &rgb(0, y, channel);
      for (int x = 0; x < side; ++x) row[x] = picture.at(channel, x, y);
    }
  }
  return rgb;
}

std::vector<int> convolution_extents(int64_t n) {
  return {static_cast<int>(n / 2), static_cast<int>(n / 2), kOut};
}

Halide::Buffer<> convolution_reference(const Halide::Buffer<>& input, int64_t n) {
  const Halide::Buffer<const float> in = input;
  const auto side = static_cast<int>(n);
  Halide::Buffer<float> out(side / 2, side / 2, kOut);
  std::vector<float> sums(static_cast<std::size_t>(side));
  for (int c = 0; c < kOut; ++c) {
    for (int y = 0; y < side; ++y) {
      std::fill(sums.begin(), sums.end(), bias(c));
      for (int z = 0; z < kIn; ++z) {
        for (int ky = 0; ky < kKernel; ++ky) {
          const float* row = &in(0, y + ky, z);
          for (int kx = 0; kx < kKernel; ++kx) {
            const float w = weight(kx, ky, z, c);
            for (int x = 0; x < side; ++x) sums[static_cast<std::size_t>(x)] += w * row[x + kx];
          }
        }
      }
      float* to = &out(0, y / 2, c);
      for (int x = 0; x < side / 2; ++x) {
        const float* pair = &sums[static_cast<std::size_t>(2 * x)];
        const float most = std::max({pair[0], pair[1], 0.0F});
        to[x] = y % 2 == 0 ? most : std::max(to[x], most);
      }
    }
  }
  return out;
}

}  // namespace

Workload convolution_workload() {
  return {
      .name = "conv_relu_pool",
      .describes = "3x3 convolution of RGB to 4 channels, bias, ReLU, 2x2 max pooling, float32",
      .knobs = {{"level", {0, 1, 2}},
                {"tile_x", {0, 32, 64, 128, 256, 512}},
                {"tile_y", {2, 4, 8, 16, 32, 64, 128}},
                {"vector", {8, 16, 32}},
                {"rows", {1, 2, 4}},
                {"channels", {1, 4}},
                {"taps", {1, 3, 9, 27}},
                {"parallel", {0, 1}}},
      .features = {"side", "vector_operations", "kept_bytes", "registers", "vector",
                   "tasks_at_once", "run_length", "fresh_pages", "channels", "taps", "tile_rows"},
      .tolerance = 1e-5,
      .algorithm = convolution_algorithm,
      .schedule = schedule_convolution,
      .valid = valid_convolution,
      .feature_values = convolution_features,
      .input = convolution_input,
      .output_extents = convolution_extents,
      .reference = convolution_reference};
}

}  // namespace kernwise::halide
