// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Every variant of the matrix kernels and of max pooling against the float64 reference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>
#include <thread>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/primitives/registry.h"
#include "primitives/check_primitive.h"
#include "primitives/factories.h"
#include "primitives/highway_targets.h"
#include "primitives/kernels/fftw_transforms.h"
#include "primitives/kernels/max_rows.h"
#include "primitives/kernels/ublas_kernels.h"
#include "primitives/sample_problems.h"

namespace kernwise::test {
namespace {

Problem parsed(std::string_view text) {
  auto problem = parse_problem(text);
  EXPECT_TRUE(problem.ok()) << text;
  return *std::move(problem);
}

std::string refusal_of(const char* id, std::string_view text, int threads = 1) {
  const Primitive* primitive = find_primitive(id);
  EXPECT_NE(primitive, nullptr) << id;
  const Applicability answer = primitive->supports(parsed(text), {.threads = threads});
  const auto* refused = std::get_if<Refused>(&answer);
  return refused != nullptr ? refused->reason : "";
}

class MatrixKernels : public testing::TestWithParam<int64_t> {
 protected:
  void check(const Problem& problem, Rng& rng, int threads) {
    const Sample sample = make_sample(problem, rng);
    for (const auto& primitive : primitives_) {
      if (primitive->info().kind != problem.kind()) continue;
      const Check check = check_primitive(*primitive, sample, threads);
      const std::string where = primitive->info().id + " on " + to_string(problem) + " with " +
                                std::to_string(threads) + " threads";
      EXPECT_EQ(check.fault, "") << where;
      EXPECT_LE(check.relative_error, tolerance(primitive->info())) << where;
      if (check.admitted) admitted_.insert(primitive->info().id);
    }
  }

  detail::Primitives primitives_ = detail::matrix_kernels();
  std::set<std::string> admitted_;
};

// A test of a kernel says nothing unless the problems reach every one of them.
TEST_P(MatrixKernels, AgreeWithTheReferenceOverTheShapeTable) {
  const HighwayTargetScope target(GetParam());
  Rng rng(61);
  for (const Problem& problem : matrix_kernel_table())
    for (const int threads : {1, 2, 3}) check(problem, rng, threads);
  for (const auto& primitive : primitives_) {
    const std::string& source = primitive->info().source;
    const bool optional = source == "openblas" || source == "ublas" || source == "fftw";
    EXPECT_TRUE(optional || admitted_.contains(primitive->info().id)) << primitive->info().id;
  }
  EXPECT_EQ(admitted_.contains("ublas-gemm"), detail::ublas_refusal().empty());
  EXPECT_EQ(admitted_.contains("fftw-matconv"), detail::fftw_refusal().empty());
}

TEST_P(MatrixKernels, AgreeWithTheReferenceOnRandomProblems) {
  const HighwayTargetScope target(GetParam());
  Rng rng(static_cast<uint64_t>(GetParam()));
  for (int i = 0; i < 60; ++i) check(random_matrix_kernel(rng, 1'000'000), rng, 1 + i % 3);
}

INSTANTIATE_TEST_SUITE_P(EveryTarget, MatrixKernels, testing::ValuesIn(highway_targets()),
                         [](const auto& test) { return highway_target_name(test.param); });

// The choice between variants is what these kinds are there for.
TEST(MatrixKernelTable, HoldsAtLeastSixVariantsOfEachKind) {
  std::map<ProblemKind, int> variants;
  for (const auto& primitive : all_primitives()) ++variants[primitive->info().kind];
  for (const ProblemKind kind :
       {ProblemKind::kGemm, ProblemKind::kGemv, ProblemKind::kMatconv, ProblemKind::kPool})
    EXPECT_GE(variants[kind], 6) << to_string(kind);
}

TEST(MatrixKernelTable, VariantsDeclareTheTermOfTheirAlgorithm) {
  EXPECT_EQ(find_primitive("fftw-matconv")->info().work, WorkTerm::kFourier);
  EXPECT_EQ(find_primitive("separable-pool-nchw")->info().work, WorkTerm::kSeparableSteps);
  EXPECT_EQ(find_primitive("van-herk-pool-nchw")->info().work, WorkTerm::kElements);
  EXPECT_EQ(find_primitive("blocked-gemm")->info().work, WorkTerm::kOperations);
}

TEST(MatrixKernelTable, PoolsRefuseAveragesAndPaddingWithReasons) {
  for (const char* id :
       {"direct-pool-nchw", "separable-pool-nchw", "van-herk-pool-nchw", "eigen-pool-nchw"}) {
    EXPECT_NE(refusal_of(id, "pool:avg:c1ih9kh3").find("average"), std::string::npos) << id;
    EXPECT_NE(refusal_of(id, "pool:max:c1ih9kh3ph1").find("padding"), std::string::npos) << id;
    EXPECT_EQ(refusal_of(id, "pool:max:c3ih9kh3sh2", 2), "") << id;
  }
}

// A kernel larger than the image is no problem at all, whoever is asked.
TEST(MatrixKernelTable, AKernelLargerThanTheImageIsRefusedByEveryVariant) {
  const Problem problem{MatconvProblem{.h = 9, .w = 4, .r = 5}, {}};
  const auto found = candidates(problem, {.threads = 1});
  EXPECT_GE(found.size(), 6U);
  for (const Candidate& candidate : found) {
    const auto* refused = std::get_if<Refused>(&candidate.applicability);
    ASSERT_NE(refused, nullptr) << candidate.primitive->info().id;
    EXPECT_NE(refused->reason.find("spans 5 elements"), std::string::npos) << refused->reason;
  }
}

// One kernel, several threads, each with its own scratch: what the contract promises.
TEST(MatrixKernelTable, KernelsRunFromSeveralThreadsAtOnce) {
  Rng rng(62);
  for (const char* text :
       {"gemm:m40n50k60", "gemv:m60n70", "matconv:h40w50r5", "pool:max:c2ih40iw50kh3"}) {
    const Problem problem = parsed(text);
    const Sample sample = make_sample(problem, rng);
    std::vector<std::vector<float>> inputs;
    std::vector<AlignedBuffer> held;
    std::vector<const float*> pointers;
    for (const auto& input : sample.inputs) {
      held.emplace_back(Bytes{static_cast<int64_t>(input.size()) * 4});
      std::copy(input.begin(), input.end(), held.back().floats());
    }
    for (const AlignedBuffer& buffer : held) pointers.push_back(buffer.floats());
    for (const Candidate& candidate : candidates(problem, {.threads = 1})) {
      const PrimitiveInfo& info = candidate.primitive->info();
      if (std::holds_alternative<Refused>(candidate.applicability)) continue;
      if (info.in != Layout::kNchw || info.out != Layout::kNchw) continue;
      const ThreadScope scope(1);
      auto kernel = candidate.primitive->prepare(problem, {}, {.threads = 1});
      ASSERT_TRUE(kernel.ok()) << info.id;
      const int64_t count = output_shape(problem).elements();
      std::vector<std::thread> threads;
      std::vector<double> errors(3);
      for (std::size_t i = 0; i < errors.size(); ++i)
        threads.emplace_back([&, i] {
          const ThreadScope one(1);
          AlignedBuffer output(Bytes{count * 4}), scratch((*kernel)->workspace());
          for (int run = 0; run < 5; ++run)
            (*kernel)->run({pointers, output.floats(), scratch.data()});
          const std::span<const float> values(output.floats(), static_cast<std::size_t>(count));
          for (std::size_t at = 0; at < values.size(); ++at)
            errors[i] = std::max(errors[i], std::abs(double{values[at]} - sample.expected[at]));
        });
      for (std::thread& thread : threads) thread.join();
      for (const double error : errors) EXPECT_LT(error, 1e-3) << info.id << " on " << text;
    }
  }
}

// The last vector of a row whose windows lie two apart ends with the last window.
TEST(MaxRow, ReadsNothingBehindTheLastWindow) {
  for (const int64_t step : {1, 2, 3})
    for (int64_t columns = 1; columns < 70; ++columns)
      for (const int64_t kw : {1, 2, 3, 4}) {
        const int64_t length = (columns - 1) * step + kw;
        const std::vector<float> in(static_cast<std::size_t>(length),
                                    2);  // the heap's guard, if any
        std::vector<float> out(static_cast<std::size_t>(columns), 0);
        detail::max_row({columns, 1, kw, step, length}, in.data(), out.data());
        EXPECT_EQ(out, std::vector<float>(static_cast<std::size_t>(columns), 2));
      }
}

}  // namespace
}  // namespace kernwise::test
