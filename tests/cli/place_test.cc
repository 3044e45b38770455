// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise place` as a shell sees it: a recorded pair of devices, and what is said of bad input.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/process.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kProgram =
    "A = input(16, 16)\nB = matmul(A, A)\nL = input(512, 16)\nR = input(16, 512)\n"
    "C = matmul(L, R)\nD = matmul(C, L)\n";
// The small product is fastest on the processor, the large ones on the other.
constexpr const char* kCosts =
    "device,resource,threads,problem,primitive,time_s,latency_s,bytes_per_s\n"
    "invented,gpu,,copy-in,,,1e-5,1e9\ninvented,gpu,,copy-out,,,2e-5,5e8\n"
    ",cpu,2,gemm:m16n16k16,a,1e-6,,\n,gpu,1,gemm:m16n16k16,b,5e-6,,\n"
    ",cpu,2,gemm:m512n512k16,a,2e-3,,\n,gpu,1,gemm:m512n512k16,b,1e-5,,\n"
    ",cpu,2,gemm:m512n16k512,a,4e-3,,\n,gpu,1,gemm:m512n16k512,b,1e-5,,\n";

class Place : public testing::Test {
 protected:
  Place() {
    here_.write("program.txt", kProgram);
    here_.write("costs.csv", kCosts);
  }
  Playground here_;
};

TEST_F(Place, ARecordedPairIsPlacedWithoutRunningAnything) {
  const Finished finished = here_.run({"place", "program.txt", "--costs", "costs.csv", "--json"});
  ASSERT_EQ(finished.code, 0) << finished.err;
  const Json document = Json::parse(finished.out);
  EXPECT_EQ(document["schema"], "kernwise.place/1");
  const Json& result = document["result"];
  EXPECT_EQ(result["source"], "recorded");
  EXPECT_TRUE(result["optimal"].get<bool>());
  ASSERT_EQ(result["kernels"].size(), 3U);
  EXPECT_EQ(result["kernels"][0]["resource"], "cpu");
  EXPECT_EQ(result["kernels"][1]["resource"], "gpu");
  EXPECT_EQ(result["kernels"][2]["resource"], "gpu");
  EXPECT_EQ(result["transfers"].size(), 3U);
  EXPECT_TRUE(result["run"].is_null());
}

TEST_F(Place, TheTextNamesKernelsCopiesAndWays) {
  const Finished finished = here_.run({"place", "program.txt", "--costs", "costs.csv"});
  ASSERT_EQ(finished.code, 0) << finished.err;
  for (const char* text : {"gemm:m512n512k16", "copy L: cpu > gpu", "copy D: gpu > cpu",
                           "3 kernels run one after another", "always gpu", "exhaustive best"}) {
    EXPECT_NE(finished.out.find(text), std::string::npos) << text << "\n" << finished.out;
  }
}

TEST_F(Place, EveryErrorOfAProgramIsShownWithLineAndColumn) {
  here_.write("wrong.txt", "A = input(4, 5)\nB = matmul(A, A)\nC = matmul(A, Q)\n");
  const Finished finished = here_.run({"place", "wrong.txt", "--costs", "costs.csv"});
  EXPECT_EQ(finished.code, 2);
  EXPECT_EQ(finished.out, "");
  EXPECT_NE(finished.err.find("line 2, column 5"), std::string::npos) << finished.err;
  EXPECT_NE(finished.err.find("line 3, column 15"), std::string::npos) << finished.err;
}

TEST_F(Place, KernelsThatWereNotRecordedAreUnsupported) {
  here_.write("other.txt", "A = input(7, 7)\nB = matmul(A, A)\n");
  const Finished finished = here_.run({"place", "other.txt", "--costs", "costs.csv"});
  EXPECT_EQ(finished.code, 3);
  EXPECT_NE(finished.err.find("B (gemm:m7n7k7)"), std::string::npos) << finished.err;
}

TEST_F(Place, FlagsThatContradictEachOtherAreRefused) {
  EXPECT_EQ(here_.run({"place"}).code, 2);
  EXPECT_EQ(here_.run({"place", "missing.txt", "--costs", "costs.csv"}).code, 2);
  EXPECT_EQ(here_.run({"place", "program.txt", "--costs", "costs.csv", "--measure"}).code, 2);
  EXPECT_EQ(here_.run({"place", "program.txt", "--costs", "costs.csv", "--run"}).code, 2);
  EXPECT_EQ(here_.run({"place", "program.txt", "--learn"}).code, 2);
  EXPECT_EQ(here_.run({"place", "program.txt", "--costs", "program.txt"}).code, 2);
}

}  // namespace
}  // namespace kernwise
