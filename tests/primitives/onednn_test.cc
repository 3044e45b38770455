// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Every primitive on oneDNN against the float64 reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/primitives/reference.h"
#include "kernwise/primitives/registry.h"
#include "primitives/check_primitive.h"
#include "primitives/factories.h"
#include "primitives/onednn/convolution.h"
#include "primitives/onednn/implementations.h"
#include "primitives/sample_problems.h"

namespace kernwise::test {
namespace {

using detail::Primitives;

// Checks every primitive of the problem's kind; returns the ids that admitted it.
std::set<std::string> check_all(const Primitives& primitives, const Problem& problem, Rng& rng,
                                int threads) {
  std::set<std::string> admitted;
  const ThreadScope scope(1);
  const Sample sample = make_sample(problem, rng);
  for (const auto& primitive : primitives) {
    if (primitive->info().kind != problem.kind()) continue;
    const Check check = check_primitive(*primitive, sample, threads);
    const std::string where = primitive->info().id + " on " + to_string(problem) + " with " +
                              std::to_string(threads) + " threads";
    EXPECT_EQ(check.fault, "") << where;
    EXPECT_LE(check.relative_error, tolerance(primitive->info())) << where;
    if (check.admitted) admitted.insert(primitive->info().id);
  }
  return admitted;
}

TEST(OneDnnConvolution, AgreesWithTheReferenceOverTheShapeTable) {
  const Primitives primitives = detail::onednn_convolutions();
  Rng rng(11);
  int i = 0;
  for (const Problem& problem : convolution_table()) {
    const auto admitted = check_all(primitives, problem, rng, 1);
    EXPECT_FALSE(admitted.empty()) << "nobody takes " << to_string(problem);
    if (i++ % 3 != 0) continue;
    EXPECT_EQ(check_all(primitives, problem, rng, 2), admitted);
  }
}

TEST(OneDnnConvolution, FusesEveryCombinationOfPostOperators) {
  const Primitives primitives = detail::onednn_convolutions();
  Rng rng(12);
  for (const Problem& problem : post_operator_table()) check_all(primitives, problem, rng, 1);
}

TEST(OneDnnConvolution, AgreesWithTheReferenceOnRandomProblems) {
  const Primitives primitives = detail::onednn_convolutions();
  Rng rng(13);
  for (int i = 0; i < 60; ++i)
    check_all(primitives, random_convolution(rng, 300'000), rng, 1 + i % 2);
}

TEST(OneDnnOperators, AgreeWithTheReferenceOverTheShapeTable) {
  const Primitives primitives = detail::onednn_operators();
  Rng rng(14);
  int i = 0;
  for (const Problem& problem : operator_table())
    check_all(primitives, problem, rng, i++ % 4 == 0 ? 2 : 1);
}

TEST(OneDnnOperators, AgreeWithTheReferenceOnRandomProblems) {
  const Primitives primitives = detail::onednn_operators();
  Rng rng(15);
  for (int i = 0; i < 200; ++i)
    check_all(primitives, random_operator(rng, 5000), rng, i % 4 == 0 ? 2 : 1);
}

TEST(OneDnnOperators, ABlockedConcatenationRefusesInputsThatBeginInsideABlock) {
  for (const auto& primitive : detail::onednn_operators()) {
    if (primitive->info().kind != ProblemKind::kConcat) continue;
    const Problem problem{ConcatProblem{1, 4, 4, {24, 8}}, {}};
    const bool refuses =
        std::holds_alternative<Refused>(primitive->supports(problem, {.threads = 1}));
    EXPECT_EQ(refuses, primitive->info().in == Layout::kNchw16c) << primitive->info().id;
  }
}

TEST(OneDnnTransforms, TakeEveryPairOfLayoutsAndWriteThePadding) {
  const Primitives primitives = detail::onednn_transforms();
  Rng rng(16);
  for (const Shape4& shape :
       {Shape4{1, 64, 7, 7}, {2, 17, 5, 3}, {1, 3, 10, 12}, {1, 1000, 1, 1}, {1, 1, 4, 4}})
    for (const Layout from : kAllLayouts)
      for (const Layout to : kAllLayouts)
        for (const int threads : {1, 2}) {
          const Problem problem{TransformProblem{shape, from, to}, {}};
          EXPECT_EQ(check_all(primitives, problem, rng, threads).size(), 1u) << to_string(problem);
        }
}

// Prepared kernels are shared between threads, each with its own output and scratch.
TEST(OneDnnKernel, RunsFromSeveralThreadsAtOnce) {
  const Primitives primitives = detail::onednn_convolutions();
  const Problem problem = *parse_problem("conv:ic17ih9oc17kh3ph1+bias+relu");
  Rng rng(17);
  const Sample sample = make_sample(problem, rng);
  const Shape4 shape = output_shape(problem);
  for (const auto& primitive : primitives) {
    const Execution execution{.threads = 1};
    auto kernel = primitive->prepare(problem, sample.weight_view(), execution);
    if (!kernel.ok()) continue;
    const auto input = to_layout(sample.inputs[0], input_shape(problem, 0), primitive->info().in);
    AlignedBuffer aligned(Bytes{static_cast<int64_t>(input.size()) * 4});
    std::ranges::copy(input, aligned.floats());
    const auto work = [&](double& error) {
      const ThreadScope scope(1);
      const float* inputs[] = {aligned.floats()};
      const Layout layout = primitive->info().out;
      for (int i = 0; i < 20; ++i) {
        AlignedBuffer output(physical_bytes(shape, layout)), scratch((*kernel)->workspace());
        (*kernel)->run({.inputs = inputs, .output = output.floats(), .scratch = scratch.data()});
        const auto logical =
            from_layout({output.floats(), static_cast<size_t>(physical_elements(shape, layout))},
                        shape, layout);
        const std::vector<double> values(logical.begin(), logical.end());
        error = std::max(error, relative_error(std::span<const double>(values), sample.expected));
      }
    };
    double first = 0, second = 0;
    std::thread other(work, std::ref(second));
    work(first);
    other.join();
    EXPECT_LE(std::max(first, second), tolerance(primitive->info())) << primitive->info().id;
  }
}

// Weights of the wrong size are an error, never a crash.
TEST(OneDnnPrimitive, RefusesWeightsOfTheWrongSize) {
  const Problem problem = *parse_problem("conv:ic16ih8oc16kh3ph1+bias");
  const std::vector<float> weights(weight_elements(problem)), bias(16);
  for (const auto& primitive : detail::onednn_convolutions()) {
    const std::span<const float> all = weights;
    EXPECT_FALSE(primitive->prepare(problem, {all.first(10), bias}, {.threads = 1}).ok());
    EXPECT_FALSE(primitive->prepare(problem, {all, {}}, {.threads = 1}).ok());
  }
}

// Sizes beyond oneDNN's 32 bits, and rows it would plan for seconds, are refused unasked.
TEST(OneDnnPrimitive, RefusesWhatIsTooLarge) {
  for (const char* text :
       {"conv:ic64ih100000oc64kh3ph1", "conv:ic1ih1iw1oc1kh1kw1ph600000000pw0sh1000000000sw1",
        "conv:ic1ih1iw20000oc1kh1kw3pw1", "conv:n2000ic64ih224oc1kh1"}) {
    const auto problem = parse_problem(text);
    ASSERT_TRUE(problem.ok()) << text;
    for (const auto& primitive : detail::onednn_convolutions()) {
      const auto applicability = primitive->supports(*problem, {.threads = 1});
      EXPECT_TRUE(std::holds_alternative<Refused>(applicability)) << primitive->info().id;
    }
    EXPECT_FALSE(onednn_auto(*problem, {.threads = 1}).ok());
    EXPECT_TRUE(unknown_implementations(*problem, {.threads = 1}).empty());
  }
}

TEST(OneDnnQueries, TheOwnChoiceOfOneDnnIsAPrimitiveThatAdmitsTheProblem) {
  const Primitives primitives = detail::onednn_convolutions();
  for (const Problem& problem : convolution_table())
    for (const int threads : {1, 2}) {
      const auto id = onednn_auto(problem, {.threads = threads});
      ASSERT_TRUE(id.ok()) << to_string(id.error());
      const auto found = std::ranges::find_if(
          primitives, [&](const auto& primitive) { return primitive->info().id == *id; });
      ASSERT_NE(found, primitives.end()) << *id;
      EXPECT_TRUE(std::holds_alternative<Admitted>((*found)->supports(problem, {threads})))
          << *id << " on " << to_string(problem);
    }
}

TEST(OneDnnQueries, TheOwnChoiceIsAnErrorForOtherProblems) {
  EXPECT_FALSE(onednn_auto({EltwiseProblem{{1, 1, 1, 1}}, {}}, {.threads = 1}).ok());
  EXPECT_FALSE(onednn_auto({ConvProblem{.g = 3}, {}}, {.threads = 1}).ok());
}

struct Offer {
  std::string name;
  dnnl_memory_desc_t in, out;
};

// What oneDNN offers in layouts of ours and in those it would choose itself.
std::vector<Offer> offers_for(const Problem& problem) {
  std::vector<Offer> offers;
  const detail::DnnAttributes attributes = detail::dnn_attributes(problem.post_ops);
  const auto ask = [&](dnnl_alg_kind_t algorithm, dnnl_format_tag_t in, dnnl_format_tag_t out) {
    dnnl_convolution_desc_t operation;
    if (!detail::describe_convolution(problem, algorithm, in, out, operation)) return;
    detail::for_each_implementation(
        &operation, attributes.get(),
        [&](std::string_view name, const detail::DnnImplementation& offered) {
          offers.push_back({std::string(name), detail::dnn_query(offered.get(), dnnl_query_src_md),
                            detail::dnn_query(offered.get(), dnnl_query_dst_md)});
          return true;
        });
  };
  for (const auto algorithm : {dnnl_convolution_direct, dnnl_convolution_winograd}) {
    ask(algorithm, dnnl_format_tag_any, dnnl_format_tag_any);
    for (const Layout in : kAllLayouts)
      for (const Layout out : kAllLayouts)
        ask(algorithm, detail::dnn_tag(in), detail::dnn_tag(out));
  }
  return offers;
}

// Some images have the same bytes in two layouts, so descriptions are compared, not names.
bool lies_in(const dnnl_memory_desc_t& desc, const Shape4& shape, dnnl_format_tag_t tag) {
  const dnnl_memory_desc_t ours = detail::dnn_tensor(shape, tag);
  return dnnl_memory_desc_equal(&desc, &ours) != 0;
}

bool is_primitive(const Offer& offer, const Problem& problem) {
  const detail::ConvImplementation* known = detail::find_conv_implementation(offer.name);
  return known && std::ranges::any_of(known->layouts, [&](const auto& layouts) {
           return layouts &&
                  lies_in(offer.in, input_shape(problem, 0), detail::dnn_tag(layouts->in)) &&
                  lies_in(offer.out, output_shape(problem), detail::dnn_tag(layouts->out));
         });
}

// On purpose: its plain loops in any layout, and blocks of 4 channels (groups whose channels are a
// multiple of 4 and of nothing more), a layout that nothing else reads.
bool is_left_out(const Offer& offer, const Problem& problem) {
  return offer.name == "ref:any" || (offer.name == "jit:avx512_core" &&
                                     lies_in(offer.in, input_shape(problem, 0), dnnl_nChw4c));
}

TEST(OneDnnQueries, EveryOfferIsAPrimitiveInItsLayouts) {
  Rng rng(19);
  std::vector<Problem> problems = convolution_table();
  for (int i = 0; i < 40; ++i) problems.push_back(random_convolution(rng, 500'000));
  std::set<std::string> names;
  for (const Problem& problem : problems)
    for (const Offer& offer : offers_for(problem)) {
      names.insert(offer.name);
      EXPECT_TRUE(is_primitive(offer, problem) || is_left_out(offer, problem))
          << offer.name << " on " << to_string(problem);
    }
  EXPECT_GE(names.size(), 4u) << "hardly anything was offered";
}

TEST(OneDnnQueries, EveryOfferedMatrixProductIsAPrimitive) {
  const std::set<std::string> known = {"brgemm:avx512_core", "x64:gemm:jit", "ref:any"};
  for (const auto& [batch, length, outputs] : std::vector<std::array<int64_t, 3>>{
           {1, 64, 10}, {1, 9216, 4096}, {3, 7, 5}, {16, 100, 33}}) {
    const dnnl_memory_desc_t source = detail::dnn_matrix(batch, length, dnnl_ab);
    const dnnl_memory_desc_t weights = detail::dnn_matrix(outputs, length, dnnl_format_tag_any);
    const dnnl_memory_desc_t target = detail::dnn_matrix(batch, outputs, dnnl_ab);
    dnnl_inner_product_desc_t operation;
    ASSERT_EQ(dnnl_inner_product_forward_desc_init(&operation, dnnl_forward_inference, &source,
                                                   &weights, nullptr, &target),
              dnnl_success);
    detail::for_each_implementation(&operation, detail::dnn_attributes({}).get(),
                                    [&](std::string_view name, const detail::DnnImplementation&) {
                                      EXPECT_TRUE(known.contains(std::string(name))) << name;
                                      return true;
                                    });
  }
}

TEST(OneDnnQueries, EveryOfferedImplementationIsKnown) {
  Rng rng(18);
  std::vector<Problem> problems = convolution_table();
  for (int i = 0; i < 20; ++i) problems.push_back(random_convolution(rng, 500'000));
  for (const Problem& problem : problems)
    EXPECT_EQ(unknown_implementations(problem, {.threads = 1}), std::vector<std::string>())
        << to_string(problem);
}

}  // namespace
}  // namespace kernwise::test
