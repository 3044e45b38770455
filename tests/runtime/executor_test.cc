// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A small network with everything that makes execution hard: a residual that is overwritten, a
// value with two uses in two layouts, concatenations that can and cannot be views of each other,
// pooling and a fully connected layer. It is run under many random plans; whatever is chosen, the
// answer is the reference's.
#include "kernwise/runtime/executor.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernwise/base/rng.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/runtime/input.h"
#include "kernwise/runtime/verify.h"
#include "runtime/random_plan.h"

namespace kernwise {
namespace {

using test::random_plan;

ConstantTensor random_tensor(std::vector<int64_t> dims, Rng& rng) {
  int64_t count = 1;
  for (const int64_t d : dims) count *= d;
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& x : values) x = static_cast<float>(0.2 * rng.normal());
  return ConstantTensor::floats(std::move(dims), std::move(values));
}

class GraphBuilder {
 public:
  ValueId value(Shape4 shape, int rank = 4) {
    std::vector<int64_t> dims = {shape.n, shape.c};
    if (rank == 4) dims.insert(dims.end(), {shape.h, shape.w});
    graph.values.push_back({"v" + std::to_string(graph.values.size()), shape, dims});
    return static_cast<ValueId>(graph.values.size()) - 1;
  }
  ValueId layer(Problem problem, std::vector<ValueId> inputs,
                std::optional<ValueId> residual = {}) {
    Layer layer;
    layer.name = "layer" + std::to_string(graph.layers.size());
    if (const auto* conv = problem.as<ConvProblem>()) {
      layer.weights.weight = random_tensor({conv->oc, conv->ic / conv->g, conv->kh, conv->kw}, rng);
      layer.weights.bias = random_tensor({conv->oc}, rng);
    }
    if (const auto* fc = problem.as<FcProblem>()) {
      layer.weights.weight = random_tensor({fc->oc, fc->ic * fc->ih * fc->iw}, rng);
      layer.weights.bias = random_tensor({fc->oc}, rng);
    }
    const int rank = problem.as<FcProblem>() != nullptr ? 2 : 4;
    layer.output = value(output_shape(problem), rank);
    layer.problem = std::move(problem);
    layer.inputs = std::move(inputs);
    layer.residual = residual;
    graph.layers.push_back(std::move(layer));
    return graph.layers.back().output;
  }

  LayerGraph graph;
  Rng rng{7};
};

Problem conv(int64_t ic, int64_t oc, int64_t k, int64_t size, bool residual = false) {
  return {ConvProblem{.ic = ic,
                      .ih = size,
                      .iw = size,
                      .oc = oc,
                      .kh = k,
                      .kw = k,
                      .pt = k / 2,
                      .pb = k / 2,
                      .pl = k / 2,
                      .pr = k / 2},
          {.bias = true, .residual = residual, .activation = {ActivationKind::kRelu}}};
}

LayerGraph make_graph() {
  GraphBuilder b;
  const ValueId x = b.value({1, 3, 12, 12});
  b.graph.inputs = {x};
  const ValueId stem = b.layer(conv(3, 32, 3, 12), {x});
  const ValueId left = b.layer(conv(32, 32, 3, 12), {stem});
  const ValueId sum = b.layer(conv(32, 32, 1, 12, /*residual=*/true), {left}, stem);
  const ValueId a = b.layer(conv(32, 16, 1, 12), {sum});
  const ValueId c = b.layer(conv(32, 48, 3, 12), {sum});
  const ValueId joined = b.layer({ConcatProblem{1, 12, 12, {16, 48}}, {}}, {a, c});
  const ValueId dense = b.layer(conv(64, 32, 1, 12), {joined});
  // The same parts in another order: they cannot lie in both.
  const ValueId turned = b.layer({ConcatProblem{1, 12, 12, {48, 16}}, {}}, {c, a});
  const ValueId other = b.layer(conv(64, 16, 1, 12), {turned});
  // Begins with all of `joined`.
  const ValueId all =
      b.layer({ConcatProblem{1, 12, 12, {16, 48, 32, 16}}, {}}, {a, c, dense, other});
  const ValueId pooled =
      b.layer({PoolProblem{PoolKind::kMax, 1, 112, 12, 12, 3, 3, 2, 2, 0, 1, 0, 1}, {}}, {all});
  const ValueId out = b.layer({FcProblem{1, 112, 6, 6, 10}, {.bias = true}}, {pooled});
  b.graph.outputs = {out};
  b.graph.content_hash = "test";
  return b.graph;
}

Executor make_executor(const LayerGraph& graph, const Plan& plan) {
  auto executor = Executor::create(graph, plan);
  EXPECT_TRUE(executor.ok()) << (executor.ok() ? "" : to_string(executor.error()));
  std::ranges::copy(random_input({1, 3, 12, 12}, 3), executor->input(0).begin());
  return std::move(executor).value();
}

TEST(Executor, AnyPlanComputesWhatTheReferenceDoes) {
  const LayerGraph graph = make_graph();
  Rng rng(11);
  SilentProgress silent;
  const StopFlag stop{false};
  for (int i = 0; i < 60; ++i) {
    const Plan plan = random_plan(graph, 1 + i % 2, rng);
    Executor executor = make_executor(graph, plan);
    const auto verification = verify(graph, executor, silent, stop);
    ASSERT_TRUE(verification.ok());
    ASSERT_LE(verification->worst_relative_error, 1e-4) << plan_to_json(plan);
  }
}

TEST(Executor, AViewGivesTheBitsOfACopyInLessMemory) {
  const LayerGraph graph = make_graph();
  Rng rng(6);
  int smaller = 0;
  for (const Layout layout : {Layout::kNchw, Layout::kNchw16c}) {
    const std::string name(to_string(layout));
    Plan plan = random_plan(graph, 1, rng, [&](const PrimitiveInfo& info) {
      const bool concat = info.kind == ProblemKind::kConcat;
      return info.out == layout && (info.in == layout || !concat) &&
             (!concat || info.id == "concat-" + name);
    });
    Executor copying = make_executor(graph, plan);
    for (PlannedLayer& layer : plan.layers) {
      if (layer.primitive == "concat-" + name) layer.primitive = "concat-view-" + name;
    }
    Executor viewing = make_executor(graph, plan);
    copying.run();
    viewing.run();
    EXPECT_TRUE(std::ranges::equal(copying.output(0), viewing.output(0))) << name;
    EXPECT_LE(viewing.memory().activations, copying.memory().activations) << name;
    smaller += viewing.memory().activations < copying.memory().activations;
  }
  EXPECT_GT(smaller, 0);  // where concatenating is the largest moment
}

TEST(Executor, RepeatedRunsAndASecondExecutorGiveTheSameBits) {
  const LayerGraph graph = make_graph();
  Rng rng(5);
  for (int i = 0; i < 10; ++i) {
    const Plan plan = random_plan(graph, 1 + i % 2, rng);
    Executor first = make_executor(graph, plan);
    Executor second = make_executor(graph, plan);
    first.run();
    const std::vector<float> expected(first.output(0).begin(), first.output(0).end());
    first.run();
    second.run();
    EXPECT_TRUE(std::ranges::equal(first.output(0), expected));
    EXPECT_TRUE(std::ranges::equal(second.output(0), expected));
  }
}

TEST(Executor, PlannedMemoryIsWhatIsAllocated) {
  const LayerGraph graph = make_graph();
  Rng rng(9);
  for (int i = 0; i < 10; ++i) {
    Plan plan = random_plan(graph, 1, rng);
    std::vector<int64_t> packed;
    for (std::size_t l = 0; l < graph.layers.size(); ++l) {
      const Primitive* primitive = find_primitive(plan.layers[l].primitive);
      const FoldedWeights weights = fold_weights(graph.layers[l]);
      const auto kernel =
          primitive->prepare(graph.layers[l].problem, {weights.weights, weights.bias}, {1});
      ASSERT_TRUE(kernel.ok());
      packed.push_back((*kernel)->packed_weights().value);
      plan.layers[l].workspace_bytes = (*kernel)->workspace().value;
    }
    std::vector<int64_t> transforms;
    for (const PlannedTransform& t : plan.transforms) {
      const auto value = std::ranges::find(graph.values, t.value, &Value::name);
      const Primitive* primitive = find_primitive(t.primitive);
      if (primitive == nullptr) {
        transforms.push_back(0);
        continue;
      }
      const auto yes = primitive->supports({TransformProblem{value->shape, t.from, t.to}, {}}, {1});
      transforms.push_back(std::get<Admitted>(yes).workspace.value);
    }
    const auto planned = planned_memory(graph, plan, packed, transforms);
    ASSERT_TRUE(planned.ok());
    const MemoryUse real = make_executor(graph, plan).memory();
    EXPECT_EQ(planned->activations, real.activations);
    EXPECT_EQ(planned->weights, real.weights);
    EXPECT_EQ(planned->workspace, real.workspace);
    EXPECT_GE(real.activations, real.arena_bound);
    const auto steps = planned_steps(graph, plan, packed, transforms);
    ASSERT_TRUE(steps.ok());
    const Executor executor = make_executor(graph, plan);
    ASSERT_EQ(steps->size(), executor.steps().size());
    Bytes most_live, most_workspace, weights;
    for (std::size_t s = 0; s < steps->size(); ++s) {
      const StepInfo& step = executor.steps()[s];
      EXPECT_EQ((*steps)[s].name, step.name);
      EXPECT_EQ((*steps)[s].bytes, step.bytes) << step.name;
      EXPECT_GE(step.bytes.live, step.bytes.output) << step.name;
      most_live = std::max(most_live, step.bytes.live);
      most_workspace = std::max(most_workspace, step.bytes.workspace);
      weights += step.bytes.weights;
    }
    EXPECT_EQ(most_live, real.arena_bound);
    EXPECT_EQ(most_workspace, real.workspace);
    EXPECT_EQ(weights, real.weights);
  }
}

TEST(Executor, VerificationFindsAWrongLayerAndNamesIt) {
  const LayerGraph graph = make_graph();
  Rng rng(2);
  Executor executor = make_executor(graph, random_plan(graph, 1, rng));
  LayerGraph other = graph;
  auto weights = other.layers[2].weights.weight.to_floats();
  weights[0] += 1;
  other.layers[2].weights.weight = ConstantTensor::floats({32, 32, 1, 1}, weights);
  SilentProgress silent;
  const auto verification = verify(other, executor, silent, StopFlag{false});
  ASSERT_TRUE(verification.ok());
  EXPECT_EQ(verification->worst_layer, "layer2");
  EXPECT_GT(verification->worst_relative_error, 1e-3);
  EXPECT_GT(verification->end_to_end_error, 1e-4);
}

TEST(Executor, APlanOfAnotherNetworkOrAnotherBuildIsRefused) {
  const LayerGraph graph = make_graph();
  Rng rng(4);
  Plan good;
  const auto computes = [](const PlannedTransform& t) { return !t.primitive.empty(); };
  while (good.transforms.empty() || !computes(good.transforms[0])) {
    good = random_plan(graph, 1, rng);
  }
  Plan shorter = good;
  shorter.layers.pop_back();
  EXPECT_FALSE(Executor::create(graph, shorter).ok());
  Plan foreign = good;
  foreign.layers[0].problem = "conv:n1ic9ih12iw12oc32kh3kw3sh1sw1ph1pw1dh1dw1g1+bias+relu";
  EXPECT_FALSE(Executor::create(graph, foreign).ok());
  Plan unknown = good;
  unknown.layers[0].primitive = "no-such-primitive";
  const auto result = Executor::create(graph, unknown);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupported);
  Plan newer = good;
  newer.layers[0].revision += 1;
  EXPECT_FALSE(Executor::create(graph, newer).ok());
  Plan strange = good;
  strange.transforms[0].primitive = good.layers[0].primitive;  // a convolution
  EXPECT_FALSE(Executor::create(graph, strange).ok());
  Plan torn = good;
  torn.layers[1].in = torn.layers[1].in == Layout::kNchw ? Layout::kNhwc : Layout::kNchw;
  EXPECT_FALSE(Executor::create(graph, torn).ok());
}

}  // namespace
}  // namespace kernwise
