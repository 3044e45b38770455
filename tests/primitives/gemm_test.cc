// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The libraries' GEMMs behind their one interface: every transposition, no threads of their own.
#include "primitives/conv/gemm.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/primitives/primitive.h"
#include "primitives/conv/xsmm.h"

namespace kernwise::detail {
namespace {

std::vector<float> small_integers(int64_t count, Rng& rng) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(rng.integer(-4, 4));
  return values;
}

const Problem kProblem{ConvProblem{}, {}};

int64_t threads_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

const int64_t kThreadsAtStart = threads_of_this_process();

// A pool beside OpenMP's would spin on the processors that ours works on. Stands first: it is what
// loads the library.
TEST(OpenBlas, StartsNoThreadsAndLeavesTheEnvironmentAsItWas) {
  setenv("OPENBLAS_CORETYPE", "", 1);
  const std::string version = openblas_version();
  if (version.empty()) GTEST_SKIP() << openblas_gemm().refusal(kProblem);
  EXPECT_EQ(version.find("prescott"), std::string::npos) << version;
  const std::vector<float> ones(400 * 400, 1);
  std::vector<float> c(400 * 400);
  openblas_gemm().multiply({.m = 400, .n = 400, .k = 400, .lda = 400, .ldb = 400, .ldc = 400},
                           ones.data(), ones.data(), c.data());
  EXPECT_EQ(c[1], 400);
  EXPECT_EQ(threads_of_this_process(), kThreadsAtStart);
  EXPECT_STREQ(std::getenv("OPENBLAS_CORETYPE"), "");
  EXPECT_EQ(std::getenv("OPENBLAS_NUM_THREADS"), nullptr);
}

class GemmOf : public testing::TestWithParam<const GemmLibrary*> {};

// Integers: sums are exact in any order.
TEST_P(GemmOf, MultipliesHoweverItsOperandsLie) {
  const ThreadScope scope(1);
  const GemmLibrary& library = *GetParam();
  if (const std::string reason = library.refusal(kProblem); !reason.empty()) GTEST_SKIP() << reason;
  Rng rng(51);
  for (int i = 0; i < 200; ++i) {
    Gemm gemm{.m = rng.integer(1, 40), .n = rng.integer(1, 40), .k = rng.integer(1, 60)};
    gemm.accumulate = rng.integer(0, 1) == 1;
    gemm.a_transposed = rng.integer(0, 1) == 1;
    gemm.b_transposed = rng.integer(0, 1) == 1;
    gemm.lda = (gemm.a_transposed ? gemm.m : gemm.k) + rng.integer(0, 3);
    gemm.ldb = (gemm.b_transposed ? gemm.k : gemm.n) + rng.integer(0, 3);
    gemm.ldc = gemm.n + rng.integer(0, 3);
    const auto a = small_integers(gemm.lda * (gemm.a_transposed ? gemm.k : gemm.m), rng);
    const auto b = small_integers(gemm.ldb * (gemm.b_transposed ? gemm.n : gemm.k), rng);
    const auto before = small_integers(gemm.ldc * gemm.m, rng);
    std::vector<float> expected = before, c = before;
    for (int64_t row = 0; row < gemm.m; ++row)
      for (int64_t column = 0; column < gemm.n; ++column) {
        float sum = gemm.accumulate ? before[row * gemm.ldc + column] : 0;
        for (int64_t k = 0; k < gemm.k; ++k)
          sum += a[gemm.a_transposed ? k * gemm.lda + row : row * gemm.lda + k] *
                 b[gemm.b_transposed ? column * gemm.ldb + k : k * gemm.ldb + column];
        expected[row * gemm.ldc + column] = sum;
      }
    library.multiply(gemm, a.data(), b.data(), c.data());
    ASSERT_EQ(c, expected) << gemm.m << "x" << gemm.n << "x" << gemm.k << " transposed "
                           << gemm.a_transposed << gemm.b_transposed;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryLibrary, GemmOf, testing::Values(&onednn_gemm(), &openblas_gemm()),
                         [](const auto& test) {
                           return test.param->name.empty() ? "onednn"
                                                           : std::string(test.param->name);
                         });

TEST(Xsmm, SumsABatchOfProducts) {
  if (const std::string reason = xsmm_refusal(); !reason.empty()) GTEST_SKIP() << reason;
  Rng rng(52);
  for (const BatchGemm& gemm :
       {BatchGemm{16, 7, 16, 16, 16, 16, false}, BatchGemm{48, 13, 24, 64, 30, 50, true},
        BatchGemm{5, 9, 3, 5, 3, 5, true}}) {
    const BatchKernel kernel = xsmm_kernel(gemm);
    ASSERT_NE(kernel, nullptr);
    const int64_t a_size = gemm.k * gemm.lda, b_size = gemm.n * gemm.ldb, count = 3;
    const auto a = small_integers(count * a_size, rng), b = small_integers(count * b_size, rng);
    std::vector<float> c = small_integers(gemm.n * gemm.ldc, rng), expected = c;
    std::vector<unsigned long long> a_offsets, b_offsets;
    for (int64_t n = 0; n < gemm.n; ++n)
      for (int64_t m = 0; m < gemm.m; ++m) {
        float sum = gemm.accumulate ? c[n * gemm.ldc + m] : 0;
        for (int64_t i = 0; i < count; ++i)
          for (int64_t k = 0; k < gemm.k; ++k)
            sum += a[i * a_size + k * gemm.lda + m] * b[i * b_size + n * gemm.ldb + k];
        expected[n * gemm.ldc + m] = sum;
      }
    for (int64_t i = 0; i < count; ++i) {
      a_offsets.push_back(static_cast<unsigned long long>(i * a_size) * sizeof(float));
      b_offsets.push_back(static_cast<unsigned long long>(i * b_size) * sizeof(float));
    }
    run_batch(kernel, {a_offsets, b_offsets}, a.data(), b.data(), c.data());
    EXPECT_EQ(c, expected);
  }
}

}  // namespace
}  // namespace kernwise::detail
