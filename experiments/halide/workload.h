// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A pipeline with the space of its schedules: what is computed, which knobs a schedule has, which
// settings are valid, how they are applied to Halide functions, and the features that a model
// sees. One table (workloads()) lists all of them.
//
// Side n means an n x n image. Inputs are larger by the reach of the filter, so that no pipeline
// needs a rule for the border.
#pragma once

#include <Halide.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "picture.h"

namespace kernwise::halide {

// A point of the space: one value for each knob of the workload.
using Knobs = std::vector<int>;

inline int structure_of(const Knobs& knobs) { return knobs.front(); }

struct Knob {
  std::string_view name;
  std::vector<int> values;  // ascending
};

// Halide functions carry their schedule with them, so each schedule needs a fresh set.
struct Program {
  Halide::ImageParam input;
  std::vector<Halide::Func> stages{};  // in the order of computation; the last one is the output
  Halide::Var x{"x"}, y{"y"}, c{"c"};
  Halide::RDom r{};  // of a reduction, if there is one
};

struct Workload {
  std::string_view name;
  std::string_view describes;
  std::vector<Knob> knobs;  // the first one says which loops hold which computation: the structure
  // Base-2 logarithms, or 0 and 1; most telling first: a network takes the first nine that vary.
  std::vector<std::string_view> features;
  double tolerance = 0;  // of max |difference| over max |reference|; 0: equal to the last bit
  Program (*algorithm)();
  void (*schedule)(Program& program, const Knobs& knobs);
  bool (*valid)(const Knobs& knobs, int64_t n);
  std::vector<double> (*feature_values)(const Knobs& knobs, int64_t n, int threads);
  Halide::Buffer<> (*input)(const Picture& picture, int64_t n);
  std::vector<int> (*output_extents)(int64_t n);
  // Plain loops, no Halide.
  Halide::Buffer<> (*reference)(const Halide::Buffer<>& input, int64_t n);
};

const std::vector<Workload>& workloads();

// "level=2 tile_x=64 ...": key of the cache, and the name in reports.
std::string to_string(const Workload& workload, const Knobs& knobs);

}  // namespace kernwise::halide
