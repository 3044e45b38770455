// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Published find tables of a GPU library: which solver took how long for which convolution.
//   problems.csv(.gz)      problem_id, then columns of numbers and of words, in any number
//   times_GPU.csv(.gz)     problem_id, solver_id, time_ms, ...
//   solvers.csv(.gz)       solver_id, solver, algorithm, ...
// GPUs, solvers and columns are whatever the files hold.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/learn/samples.h"

namespace kernwise::miopen {

struct Problems {
  FeatureSchema schema;
  std::vector<double> features;                 // rows x schema
  std::vector<int> group;                       // problems that differ in batch or direction only
  std::vector<std::string> kind;                // direction, type and layout: "F FP32 NCHW"
  std::unordered_map<int64_t, int64_t> row_of;  // by problem_id
  std::vector<double> flops;                    // of a direct algorithm
};

struct Gpu {
  std::string name;
  Samples samples;                 // outputs: solver names; only problems with a time
  std::vector<int64_t> problem;    // per row, row in Problems
  int64_t dropped_slow = 0;        // entries over kSlowest
  int64_t dropped_impossible = 0;  // entries faster than kFastest
};

inline constexpr double kSlowest = 10;    // seconds
inline constexpr double kFastest = 9e14;  // operations a second; no GPU of these tables comes near

struct Solvers {
  std::vector<std::string> name, algorithm;
  std::unordered_map<int64_t, std::size_t> index;  // by solver_id
};

Result<std::vector<std::string>> gpus_in(const std::filesystem::path& folder);
Result<Problems> read_problems(const std::filesystem::path& folder);
Result<Solvers> read_solvers(const std::filesystem::path& folder);
Result<Gpu> read_gpu(const std::filesystem::path& folder, const std::string& name,
                     const Problems& problems, const Solvers& solvers);

}  // namespace kernwise::miopen
