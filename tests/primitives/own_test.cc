// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Every primitive of our own against the float64 reference, under every instruction set.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <set>
#include <thread>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/primitives/reference.h"
#include "primitives/check_primitive.h"
#include "primitives/factories.h"
#include "primitives/highway_targets.h"
#include "primitives/sample_problems.h"

namespace kernwise::test {
namespace {

using detail::Primitives;

Primitives own_convolutions() {
  Primitives all;
  for (auto* make :
       {detail::winograd_convolutions, detail::fft_convolutions, detail::depthwise_convolutions,
        detail::direct_convolutions, detail::gemm_convolutions}) {
    Primitives some = make();
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

Primitives own_primitives() {
  Primitives all = own_convolutions();
  for (auto* make : {detail::own_operators, detail::own_transforms}) {
    Primitives some = make();
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

Problem parsed(std::string_view text) {
  auto problem = parse_problem(text);
  EXPECT_TRUE(problem.ok()) << text;
  return *std::move(problem);
}

void check_all(const Primitives& primitives, const Sample& sample, int threads,
               std::set<std::string>* admitted = nullptr) {
  for (const auto& primitive : primitives) {
    if (primitive->info().kind != sample.problem.kind()) continue;
    const Check check = check_primitive(*primitive, sample, threads);
    const std::string where = primitive->info().id + " on " + to_string(sample.problem) + " with " +
                              std::to_string(threads) + " threads";
    EXPECT_EQ(check.fault, "") << where;
    EXPECT_LE(check.relative_error, tolerance(primitive->info())) << where;
    if (check.admitted && admitted != nullptr) admitted->insert(primitive->info().id);
  }
}

class OwnPrimitives : public testing::TestWithParam<int64_t> {};

// A test of a kernel says nothing unless the problems reach every one of them.
TEST_P(OwnPrimitives, AgreeWithTheReferenceOverTheShapeTables) {
  const HighwayTargetScope target(GetParam());
  const Primitives primitives = own_primitives();
  std::set<std::string> admitted, all;
  Rng rng(31);
  std::vector<Problem> problems = convolution_table();
  std::ranges::copy(operator_table(), std::back_inserter(problems));
  for (const Problem& problem : problems) {
    const Sample sample = make_sample(problem, rng);
    for (const int threads : {1, 2}) check_all(primitives, sample, threads, &admitted);
  }
  for (const auto& primitive : primitives)
    if (primitive->info().kind != ProblemKind::kTransform) all.insert(primitive->info().id);
  EXPECT_EQ(admitted, all);
}

TEST_P(OwnPrimitives, FuseEveryCombinationOfPostOperators) {
  const HighwayTargetScope target(GetParam());
  const Primitives primitives = own_convolutions();
  Rng rng(32);
  int i = 0;
  for (const Problem& problem : post_operator_table())
    check_all(primitives, make_sample(problem, rng), 1 + i++ % 2);
}

TEST_P(OwnPrimitives, AgreeWithTheReferenceOnRandomProblems) {
  const HighwayTargetScope target(GetParam());
  const Primitives primitives = own_primitives();
  Rng rng(33);
  for (int i = 0; i < 60; ++i) {
    check_all(primitives, make_sample(random_convolution(rng, 300'000), rng), 1 + i % 3);
    check_all(primitives, make_sample(random_operator(rng, 3000), rng), 1 + i % 3);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryTarget, OwnPrimitives, testing::ValuesIn(highway_targets()),
                         [](const auto& test) { return highway_target_name(test.param); });

// Blocks of tiles: several, a last one that is shorter, several images in one.
TEST(Winograd, DividesLargerImagesIntoBlocksOfTiles) {
  const Primitives primitives = detail::winograd_convolutions();
  Rng rng(34);
  for (const char* text : {"conv:ic32ih61iw58oc48kh3ph1+bias+sum+relu", "conv:n3ic40ih37oc24kh3",
                           "conv:n2ic130ih27oc160kh3ph1+bias"}) {
    const Sample sample = make_sample(parsed(text), rng);
    for (const int threads : {1, 2, 3}) check_all(primitives, sample, threads);
  }
}

// Sums of 9 * 512 products with the weights and inputs that networks have: zero mean.
TEST(Winograd, StaysAccurateWithManyChannels) {
  Rng rng(35);
  Sample sample = make_sample(parsed("conv:ic512ih14oc64kh3ph1"), rng);
  for (float& w : sample.weights) w = static_cast<float>(0.03 * rng.normal());
  for (float& x : sample.inputs[0]) x = static_cast<float>(std::max(0.0, rng.normal()));
  const std::vector<double> input(sample.inputs[0].begin(), sample.inputs[0].end());
  const std::vector<std::span<const double>> views = {input};
  sample.expected = reference_run(sample.problem, views, {}, sample.weight_view());
  for (const auto& primitive : detail::winograd_convolutions()) {
    const Check check = check_primitive(*primitive, sample, 1);
    const bool large = primitive->info().id.starts_with("winograd-f6");
    EXPECT_LE(check.relative_error, large ? 4e-5 : 2e-5) << primitive->info().id;
  }
}

// Which primitives may give other bits on another number of threads: those on a library's GEMM.
bool thread_count_may_matter(const PrimitiveInfo& info) {
  const std::set<std::string> families = {"im2row", "im2col", "gemm-1x1",
                                          "kn2row", "kn2col", "mec"};
  return families.contains(info.family);
}

std::vector<float> run_kernel(const Primitive& primitive, const Kernel& kernel,
                              const Sample& sample) {
  const Layout out = output_layout(primitive.info(), sample.problem);
  const Shape4 shape = output_shape(sample.problem);
  std::vector<AlignedBuffer> inputs;
  std::vector<const float*> pointers;
  for (int i = 0; i < input_count(sample.problem); ++i) {
    const auto data = to_layout(sample.inputs[i], input_shape(sample.problem, i),
                                input_layout(primitive.info(), sample.problem));
    inputs.emplace_back(Bytes{static_cast<int64_t>(data.size()) * 4});
    std::ranges::copy(data, inputs.back().floats());
    pointers.push_back(inputs.back().floats());
  }
  AlignedBuffer output(physical_bytes(shape, out)), scratch(kernel.workspace());
  if (sample.problem.post_ops.residual)
    std::ranges::copy(to_layout(sample.residual, shape, out), output.floats());
  kernel.run({.inputs = pointers, .output = output.floats(), .scratch = scratch.data()});
  return {output.floats(), output.floats() + physical_elements(shape, out)};
}

std::vector<float> run_once(const Primitive& primitive, const Sample& sample, int threads) {
  const ThreadScope scope(threads);
  auto kernel = primitive.prepare(sample.problem, sample.weight_view(), {.threads = threads});
  EXPECT_TRUE(kernel.ok());
  return run_kernel(primitive, **kernel, sample);
}

TEST(OwnPrimitive, GivesTheSameBitsAgainAndOnAnyNumberOfThreads) {
  const Primitives primitives = own_primitives();
  Rng rng(36);
  std::vector<Problem> problems = convolution_table();
  std::ranges::copy(operator_table(), std::back_inserter(problems));
  problems.push_back(parsed("conv:ic32ih61iw58oc48kh3ph1+bias+sum+relu"));
  problems.push_back(parsed("conv:ic256ih10oc256kh3ph1"));
  for (const Problem& problem : problems) {
    const Sample sample = make_sample(problem, rng);
    for (const auto& primitive : primitives) {
      if (primitive->info().kind != problem.kind()) continue;
      if (std::holds_alternative<Refused>(primitive->supports(problem, {.threads = 1}))) continue;
      const auto first = run_once(*primitive, sample, 1);
      const std::string where = primitive->info().id + " on " + to_string(problem);
      EXPECT_EQ(first, run_once(*primitive, sample, 1)) << where;
      const auto second = run_once(*primitive, sample, 2);
      EXPECT_EQ(second, run_once(*primitive, sample, 2)) << where;
      if (!thread_count_may_matter(primitive->info())) {
        EXPECT_EQ(first, second) << where;
      }
    }
  }
}

// Prepared kernels are shared between threads, each with its own output and scratch.
TEST(OwnPrimitive, RunsFromSeveralThreadsAtOnce) {
  Rng rng(38);
  for (const char* text : {"conv:ic33ih30oc40kh3ph1+bias+relu", "conv:ic48ih9oc48kh3ph1g48",
                           "conv:ic40ih9oc64kh1", "lrn:c40h9size5", "fc:ic40ih3oc50"}) {
    const Sample sample = make_sample(parsed(text), rng);
    for (const auto& primitive : own_primitives()) {
      if (primitive->info().kind != sample.problem.kind()) continue;
      auto kernel = primitive->prepare(sample.problem, sample.weight_view(), {.threads = 1});
      if (!kernel.ok()) continue;
      std::vector<float> results[2];
      const auto work = [&](std::vector<float>& result) {
        const ThreadScope scope(1);
        for (int i = 0; i < 10; ++i) result = run_kernel(*primitive, **kernel, sample);
      };
      std::thread other(work, std::ref(results[0]));
      work(results[1]);
      other.join();
      EXPECT_EQ(results[0], results[1]) << primitive->info().id << " on " << text;
      EXPECT_EQ(results[0], run_once(*primitive, sample, 1)) << primitive->info().id;
    }
  }
}

// The bound that convolutions on GEMMs promise, on one whose whole matrix has 58 MB. Those that
// accumulate over a copy of the image hold that as well.
TEST(GemmConvolution, KeepsItsWorkspaceBounded) {
  const Problem problem = parsed("conv:ic32ih224oc32kh3ph1");
  for (const auto& primitive : detail::gemm_convolutions()) {
    const Applicability applicability = primitive->supports(problem, {.threads = 2});
    if (const auto* admitted = std::get_if<Admitted>(&applicability)) {
      const bool copies = primitive->info().id.find("-aa") != std::string::npos;
      const int64_t image = copies ? int64_t{4} * 32 * 226 * 226 : 0;
      EXPECT_LE(admitted->workspace.value, 2 * (2 << 20) + image) << primitive->info().id;
    }
  }
}

TEST(Lrn, TakesAWindowWiderThanItsChannels) {
  const Primitives primitives = detail::own_operators();
  Rng rng(37);
  const Problem problem{LrnProblem{{1, 5, 3, 3}, 1'000'001, 3, 0.75f, 1}, {}};
  check_all(primitives, make_sample(problem, rng), 1);
}

TEST(BlockedConcat, RefusesInputsThatBeginInsideABlock) {
  for (const auto& primitive : detail::own_operators()) {
    if (primitive->info().kind != ProblemKind::kConcat) continue;
    const Problem problem{ConcatProblem{1, 4, 4, {24, 8}}, {}};
    const bool refuses =
        std::holds_alternative<Refused>(primitive->supports(problem, {.threads = 1}));
    EXPECT_EQ(refuses, primitive->info().in == Layout::kNchw16c) << primitive->info().id;
  }
}

// Weights of the wrong size are an error, never a crash.
TEST(OwnPrimitive, RefusesWeightsOfTheWrongSize) {
  for (const char* text : {"conv:ic16ih8oc16kh3ph1+bias", "conv:ic16ih8oc16kh1+bias",
                           "conv:ic16ih8oc16kh3ph1g16+bias", "fc:ic16ih1oc16+bias"}) {
    const Problem problem = parsed(text);
    const std::vector<float> weights(weight_elements(problem)), bias(16);
    const std::span<const float> all = weights;
    for (const auto& primitive : own_primitives()) {
      if (primitive->info().kind != problem.kind()) continue;
      EXPECT_FALSE(primitive->prepare(problem, {all.first(10), bias}, {.threads = 1}).ok());
      EXPECT_FALSE(primitive->prepare(problem, {all, {}}, {.threads = 1}).ok());
    }
  }
}

}  // namespace
}  // namespace kernwise::test
