// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The slow tier: many random problems for our own primitives, and the convolutions of networks at
// their full size.
#include <gtest/gtest.h>

#include "primitives/check_primitive.h"
#include "primitives/factories.h"
#include "primitives/highway_targets.h"
#include "primitives/sample_problems.h"

namespace kernwise::test {
namespace {

using detail::Primitives;

void check_all(const Problem& problem, Rng& rng, int threads) {
  const Sample sample = make_sample(problem, rng);
  for (auto* make : {detail::winograd_convolutions, detail::fft_convolutions,
                     detail::depthwise_convolutions, detail::direct_convolutions,
                     detail::gemm_convolutions, detail::own_operators, detail::own_transforms,
                     detail::matrix_kernels})
    for (const auto& primitive : make()) {
      if (primitive->info().kind != problem.kind()) continue;
      const Check check = check_primitive(*primitive, sample, threads);
      const std::string where = primitive->info().id + " on " + to_string(problem) + " with " +
                                std::to_string(threads) + " threads";
      EXPECT_EQ(check.fault, "") << where;
      EXPECT_LE(check.relative_error, tolerance(primitive->info())) << where;
    }
}

class OwnSweep : public testing::TestWithParam<int64_t> {};

TEST_P(OwnSweep, AgreesWithTheReferenceOnManyRandomProblems) {
  const HighwayTargetScope target(GetParam());
  Rng rng(static_cast<uint64_t>(GetParam()));  // other problems under each instruction set
  for (int i = 0; i < 500; ++i) {
    check_all(random_convolution(rng, 2'000'000), rng, 1 + i % 4);
    check_all(random_operator(rng, 20'000), rng, 1 + i % 4);
    check_all(random_matrix_kernel(rng, 2'000'000), rng, 1 + i % 4);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryTarget, OwnSweep, testing::ValuesIn(highway_targets()),
                         [](const auto& test) { return highway_target_name(test.param); });

TEST(OwnSweep, AgreesWithTheReferenceOnLayersOfNetworks) {
  Rng rng(41);
  for (const char* text :
       {"conv:ic64ih224oc64kh3ph1+bias+relu", "conv:ic256ih56oc256kh3ph1+bias+relu",
        "conv:ic512ih14oc512kh3ph1+bias+relu", "conv:ic512ih7oc512kh3ph1+bias+relu",
        "conv:ic3ih224oc64kh7sh2ph3+bias+relu", "conv:ic1024ih14oc256kh1+bias+relu",
        "conv:ic512ih7oc2048kh1+bias+sum+relu", "conv:ic144ih56oc144kh3ph1g144+bias+clip0,6",
        "conv:ic96ih27oc256kh5ph2g2+bias+relu", "conv:ic192ih17oc192kh1kw7ph0pw3+bias+relu",
        "conv:ic384ih8oc384kh3kw1ph1pw0+bias+relu", "conv:ic64ih16oc64kh7ph3+bias+relu",
        "conv:ic32ih64oc32kh15ph7+bias+relu", "fc:ic512ih7oc1000+bias",
        "gemm:m1000n900k1024", "gemv:m1024n1023", "matconv:h1033w700r7",
        "pool:max:c1ih1028iw900kh5sh2", "pool:max:c64ih112kh2sh2"}) {
    auto problem = parse_problem(text);
    ASSERT_TRUE(problem.ok()) << text;
    for (const int threads : {1, 2}) check_all(*problem, rng, threads);
  }
}

}  // namespace
}  // namespace kernwise::test
