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

constexpr int kLineBytes = 64, kWideBytes = 32;
constexpr double kNearBytes = 32 << 10;  // a first-level cache
// The C library takes blocks beyond this from the system, and gives them back, at each call.
constexpr double kFreshBytes = 32 << 20;

struct Setting {
  int level, tile_x, tile_y, vector, rows, columns, parallel;
};

Setting setting_of(const Knobs& k) {
  KERNWISE_CHECK(k.size() == 7);
  return {k[0], k[1], k[2], k[3], k[4], k[5], k[6]};
}

// An image in runs of so many pixels, `rows` of them below one another before the next ones beside.
struct Walk {
  double run, side, rows;
};

// Cache lines that are fetched for a pixel. A run that ends within a row touches a line more, and
// its last lines are gone before the run beside it needs them if many rows were walked in between:
// rows that are a power of two apart share few places in a cache, eight at least.
double lines_per_pixel(const Walk& walk, double reach, double per_line) {
  const double best = 1 / per_line;
  if (walk.run >= walk.side) return best;
  const double lost = walk.rows / (walk.rows + 8);
  return lost * ((walk.run + reach) / per_line + 1) / walk.run + (1 - lost) * best;
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
  return {"side",        "vector_operations", "cache_lines",   "kept_bytes",
          "rows_walked", "run_bytes",         "tasks_at_once", "fresh_pages",
          "stored",      "vector_bytes",      "tile_rows",     "rows"};
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
  const auto side = static_cast<double>(n);
  const double width = s.tile_x > 0 ? s.tile_x : side;
  const double halo = taps - 1, block_rows = s.rows + halo, tile_rows = s.tile_y + halo;
  // A tile of one row of blocks has no column to be walked.
  const bool columns = s.columns != 0 && s.tile_y > s.rows;
  const double run = columns ? s.vector : width;
  const double walked = run < side ? s.tile_y : s.rows;
  const bool stored = s.level >= kTile;
  // Of the first pass: how often a value is computed, and how much waits for the second pass.
  double per_pixel = block_rows / s.rows, kept = s.vector * block_rows;
  if (stored) {
    per_pixel = tile_rows / s.tile_y;
    kept = width * tile_rows;
  }
  // Halide folds a sliding window into the next power of two of rows.
  if (s.level == kSliding) kept = run * std::bit_ceil(static_cast<unsigned>(block_rows));
  if (s.level == kRoot) {
    per_pixel = 1;
    kept = side * (side + halo);
  }
  const double kept_bytes = kept * element_bytes;

  // Loads and arithmetic of both passes; what is stored in between is loaded again. Unaligned
  // operations on more than 32 bytes are two for this kind of machine.
  const double first = 2 * taps + (stored ? 1 : 0);
  const double last = taps + 1 + (stored ? block_rows / s.rows : 0);
  const double operations =
      (per_pixel * first + last) / std::min(s.vector, kWideBytes / element_bytes);

  const Walk whole{side, side, 1}, blocks{run, side, walked};
  const Walk tiles{width, side, width < side ? s.tile_y : 1.0};
  const double per_line = kLineBytes / element_bytes, reread = block_rows / s.rows;
  double input = reread * lines_per_pixel(blocks, halo, per_line);
  double between = 0;
  switch (s.level) {
    case kTile:
      input = per_pixel * lines_per_pixel(tiles, halo, per_line);
      between = per_pixel / per_line + reread * lines_per_pixel(blocks, 0, per_line);
      break;
    case kSliding:
      input = per_pixel * lines_per_pixel(blocks, halo, per_line);
      between = (per_pixel + reread) / per_line;
      break;
    case kRoot:
      input = lines_per_pixel(whole, halo, per_line);
      between = 2 / per_line + reread * lines_per_pixel(blocks, 0, per_line);
      break;
    default: break;
  }
  // The output is fetched, too, before it is written.
  const double lines = input + 2 * lines_per_pixel(blocks, 0, per_line) +
                       between * kept_bytes / (kept_bytes + kNearBytes);
  const double tasks = s.parallel != 0 ? std::ceil(side / s.tile_y) : 1;
  const double at_once = tasks / std::ceil(tasks / threads);
  return {std::log2(side),     std::log2(operations),
          std::log2(lines),    std::log2(kept_bytes),
          std::log2(walked),   std::log2(run * element_bytes),
          std::log2(at_once),  kept_bytes > kFreshBytes ? 1.0 : 0.0,
          stored ? 1.0 : 0.0,  std::log2(s.vector * element_bytes),
          std::log2(s.tile_y), std::log2(s.rows)};
}

}  // namespace kernwise::halide
