// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "two_stage.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernwise/base/check.h"

namespace kernwise::halide {
namespace {

enum Level { kInline = 0, kBlock = 1, kTile = 2, kSliding = 3, kRoot = 4 };

struct Setting {
  int level, tile_x, tile_y, vector, rows, columns, parallel;
};

Setting setting_of(const Knobs& k) {
  KERNWISE_CHECK(k.size() == 7);
  return {k[0], k[1], k[2], k[3], k[4], k[5], k[6]};
}

}  // namespace

std::vector<Knob> two_stage_knobs(const std::vector<int>& vectors) {
  return {{"level", {0, 1, 2, 3, 4}},
          {"tile_x", {0, 64, 128, 256, 512, 1024}},
          {"tile_y", {4, 8, 16, 32, 64, 128, 256, 512}},
          {"vector", vectors},
          {"rows", {1, 2, 4, 8}},
          {"columns", {0, 1}},
          {"parallel", {0, 1}}};
}

std::vector<std::string_view> two_stage_features() {
  return {"side",   "work_per_pixel", "kept_bytes",    "run_length",
          "vector", "rows",           "tasks_at_once", "tile_y"};
}

bool valid_two_stage(const Knobs& knobs, int64_t n) {
  const Setting s = setting_of(knobs);
  const int width = s.tile_x > 0 ? s.tile_x : s.vector;
  return s.tile_x <= n && s.tile_y <= n && width % s.vector == 0 && s.vector <= n &&
         s.tile_y % s.rows == 0;
}

void schedule_two_stage(Program& program, const Knobs& knobs, int taps) {
  const Setting s = setting_of(knobs);
  Halide::Func first = program.stages[0], last = program.stages[1];
  const Halide::Var x = program.x, y = program.y;
  const Halide::Var xo("xo"), yo("yo"), xi("xi"), yi("yi"), xb("xb"), xv("xv"), yb("yb"), yu("yu");
  if (s.tile_x > 0) {
    last.tile(x, y, xo, yo, xi, yi, s.tile_x, s.tile_y);
    last.split(xi, xb, xv, s.vector);
  } else {
    last.split(y, yo, yi, s.tile_y);
    last.split(x, xb, xv, s.vector);
  }
  last.split(yi, yb, yu, s.rows);
  std::vector<Halide::VarOrRVar> order = {xv, yu};
  order.push_back(s.columns != 0 ? yb : xb);
  order.push_back(s.columns != 0 ? xb : yb);
  if (s.tile_x > 0) order.push_back(xo);
  order.push_back(yo);
  last.reorder(order).vectorize(xv).unroll(yu);
  if (s.parallel != 0) last.parallel(yo);

  const Halide::Var tile = s.tile_x > 0 ? xo : yo;
  switch (s.level) {
    case kInline: break;
    case kBlock:
      first.compute_at(last, s.columns != 0 ? yb : xb)
          .vectorize(x, s.vector)
          .unroll(y, s.rows + taps - 1);
      break;
    case kTile: first.compute_at(last, tile).vectorize(x, s.vector); break;
    case kSliding:
      first.store_at(last, s.columns != 0 ? xb : tile).compute_at(last, yb).vectorize(x, s.vector);
      break;
    default:
      first.compute_root().vectorize(x, s.vector);
      if (s.parallel != 0) first.parallel(y, s.tile_y);
  }
}

std::vector<double> two_stage_feature_values(const Knobs& knobs, int64_t n, int threads, int taps,
                                             int element_bytes) {
  const Setting s = setting_of(knobs);
  const double width = s.tile_x > 0 ? s.tile_x : static_cast<double>(n);
  const double run = s.columns != 0 ? s.vector : width;
  const double halo = taps - 1;
  // Halide folds a sliding window into the next power of two of rows.
  const auto window = static_cast<double>(std::bit_ceil(static_cast<unsigned>(s.rows + taps - 1)));
  double per_pixel = 1, kept = 0;
  switch (s.level) {
    case kInline:
      per_pixel = taps;
      kept = s.vector;
      break;
    case kBlock:
      per_pixel = (s.rows + halo) / s.rows;
      kept = s.vector * (s.rows + halo);
      break;
    case kTile:
      per_pixel = (s.tile_y + halo) / s.tile_y;
      kept = width * (s.tile_y + halo);
      break;
    case kSliding:
      per_pixel = (s.tile_y + halo) / s.tile_y;
      kept = run * window;
      break;
    default: kept = static_cast<double>(n) * (static_cast<double>(n) + halo);
  }
  const double tasks = s.parallel != 0 ? std::ceil(static_cast<double>(n) / s.tile_y) : 1;
  const double at_once = tasks / std::ceil(tasks / threads);
  // Multiply-adds of both passes over the lanes that do them: registers have at most 64 bytes.
  const double work = taps * (per_pixel + 1) / std::min(s.vector, 64 / element_bytes);
  return {std::log2(static_cast<double>(n)),
          std::log2(work),
          std::log2(kept * element_bytes),
          std::log2(run),
          std::log2(s.vector),
          std::log2(s.rows),
          std::log2(at_once),
          std::log2(s.tile_y)};
}

}  // namespace kernwise::halide
