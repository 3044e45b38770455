// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "place/pointwise_tables.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "kernwise/base/file.h"
#include "place/recorded_programs.h"

namespace kernwise::experiments {
namespace {

class PointwiseTables : public testing::Test {
 protected:
  PointwiseTables()
      : folder_(std::filesystem::temp_directory_path() /
                fmt::format("kernwise_pointwise_{}_{}", ::getpid(),
                            testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(folder_);
    costs_.resources = {{"cpu", {}, {}}, {"gpu:0", {1e-5, 1e10}, {1e-5, 1e10}}};
    costs_.devices = {"", ""};
  }
  ~PointwiseTables() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_file(folder_ / name, text).ok());
  }

  std::filesystem::path folder_;
  RecordedCosts costs_;
};

// Only windows of 1x1 with stride 1, only primitives that read and write channel by channel.
TEST_F(PointwiseTables, RowsOfLayersAreProductsOfWeightsAndPixels) {
  write("primitive_formats.csv",
        "primitive,family,in_layout,out_layout\np,x,chw,chw\nq,x,hwc,chw\nr,x,chw,chw\n");
  write("x_primitives_ns.csv",
        "c,k,im,f,s,p,q,r\n8,16,7,1,1,1000,2000,\n8,16,7,3,1,1,1,1\n8,16,7,1,2,1,1,1\n");
  ASSERT_TRUE(add_layer_table(folder_ / "x_primitives_ns.csv", 0, costs_).ok());
  ASSERT_EQ(costs_.times.size(), 1U);
  const RecordedTime& time = costs_.times[0];
  EXPECT_EQ(time.resource, 0);
  EXPECT_EQ(time.problem, "gemm:m16n49k8");
  EXPECT_EQ(time.primitive, "p");
  EXPECT_DOUBLE_EQ(time.time_s, 1e-6);
}

TEST_F(PointwiseTables, OfAFindTableTheFastestEntryOfASolverCounts) {
  write("problems.csv",
        "problem_id,nd,dir,dtype,layout,n,c,k,g,h,w,ky,kx,ph,pw,sh,sw\n"
        "1,2,F,FP32,NCHW,1,8,16,1,7,7,1,1,0,0,1,1\n"
        "2,2,F,FP32,NCHW,4,8,16,1,7,7,1,1,0,0,1,1\n"
        "3,2,B,FP32,NCHW,1,8,16,1,7,7,1,1,0,0,1,1\n");
  write("solvers.csv", "solver_id,solver,algorithm,rows\n5,Fast,GEMM,1\n6,Slow,Direct,1\n");
  write("times_g.csv",
        "problem_id,solver_id,time_ms,workspace_bytes\n"
        "1,5,0.02,0\n1,5,0.01,0\n1,6,0.5,0\n2,5,0.001,0\n3,5,0.001,0\n");
  ASSERT_TRUE(add_find_table(folder_, "g", 1, costs_).ok());
  ASSERT_EQ(costs_.times.size(), 2U);
  EXPECT_EQ(costs_.times[0].primitive, "Fast");
  EXPECT_DOUBLE_EQ(costs_.times[0].time_s, 1e-5);
  EXPECT_DOUBLE_EQ(costs_.times[1].time_s, 5e-4);
  EXPECT_FALSE(add_find_table(folder_, "other", 1, costs_).ok());
}

// Whatever is drawn: a valid program of recorded products, as many as asked for.
TEST(RecordedPrograms, EveryKernelIsAProductThatIsRecorded) {
  std::vector<GemmProblem> products;
  for (const int64_t m : {8, 16, 32}) {
    for (const int64_t k : {8, 16}) {
      GemmProblem p;
      p.m = m, p.n = 49, p.k = k;
      products.push_back(p);
    }
  }
  Rng rng(3);
  for (int kernels = 1; kernels <= 12; ++kernels) {
    const auto program = parse_program(recorded_program(products, kernels, rng));
    ASSERT_TRUE(program.ok()) << to_string(program.error());
    EXPECT_EQ(program->tasks.size(), static_cast<std::size_t>(kernels));
    for (const Task& task : program->tasks) {
      EXPECT_NE(std::find(products.begin(), products.end(), *task.problem.as<GemmProblem>()),
                products.end());
    }
  }
}

TEST(RecordedPrograms, WhatOneDeviceLacksIsLeftOut) {
  RecordedCosts costs;
  costs.resources = {{"cpu", {}, {}}, {"gpu:0", {}, {}}};
  costs.times = {{0, 1, "gemm:m1n2k3", "a", 1, 1, 1},
                 {1, 1, "gemm:m1n2k3", "b", 1, 1, 1},
                 {1, 1, "gemm:m4n5k6", "b", 1, 1, 1}};
  const std::vector<GemmProblem> common = common_products(costs);
  ASSERT_EQ(common.size(), 1U);
  EXPECT_EQ(common[0].k, 3);
}

}  // namespace
}  // namespace kernwise::experiments
