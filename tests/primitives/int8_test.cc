// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The int8 primitives against the plainest loops over whole numbers. All steps are powers of two
// and all biases multiples of the sums' steps, so every float on the way is exact, and so must the
// results be. Run a second time with oneDNN held to AVX2, where all of them refuse.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/base/rng.h"
#include "kernwise/primitives/reference.h"
#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

constexpr TensorSteps kSteps = {.input = 0.25F, .output = 2, .residual = 0.5F};
constexpr float kWeightStep = 0.125F;

bool has_vnni() {
  const Problem problem = *parse_problem("transform:nhwc-nhwcu8:c16h4");
  return std::holds_alternative<Admitted>(
      find_primitive("onednn-requantize")->supports(problem, {.threads = 1}));
}

std::vector<float> random_numbers(int64_t count, int low, int high, float step, Rng& rng) {
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(step * static_cast<float>(rng.integer(low, high)));
  return values;
}

// Each channel has a weight of 127 steps, so that its step is kWeightStep.
std::vector<float> random_weights(const Problem& problem, Rng& rng) {
  std::vector<float> weights =
      random_numbers(weight_elements(problem), -127, 127, kWeightStep, rng);
  const int64_t channels = output_shape(problem).c;
  const auto each = static_cast<std::size_t>(weight_elements(problem) / channels);
  for (std::size_t first = 0; first < weights.size(); first += each)
    weights[first] = 127 * kWeightStep;
  return weights;
}

AlignedBuffer bytes_of(const std::vector<float>& nchw, const Shape4& shape, Layout layout,
                       float step) {
  AlignedBuffer buffer(physical_bytes(shape, layout));
  const std::vector<float> ordered =
      to_layout(nchw, shape, is_int8(layout) ? Layout::kNhwc : layout);
  if (!is_int8(layout)) {
    std::ranges::copy(ordered, buffer.floats());
    return buffer;
  }
  for (std::size_t i = 0; i < ordered.size(); ++i)
    buffer.data()[i] = static_cast<std::byte>(quantize(ordered[i], step, layout));
  return buffer;
}

// What a value becomes in a layout.
float stored(double value, Layout layout, float step) {
  if (!is_int8(layout)) return static_cast<float>(value);
  return step * static_cast<float>(quantize(static_cast<float>(value), step, layout));
}

void expect_exact(const Primitive& primitive, const Problem& problem, Rng& rng) {
  const PrimitiveInfo& info = primitive.info();
  SCOPED_TRACE(info.id + " " + to_string(problem));
  const Shape4 in = input_shape(problem, 0), out = output_shape(problem);
  const bool sign = info.in == Layout::kNhwcS8;
  const std::vector<float> input =
      random_numbers(in.elements(), sign ? -127 : 0, sign ? 127 : 255, kSteps.input, rng);
  const std::vector<float> weights = random_weights(problem, rng);
  const std::vector<float> bias =
      random_numbers(bias_elements(problem), -5000, 5000, kSteps.input * kWeightStep, rng);
  std::vector<float> residual;
  if (problem.post_ops.residual) {
    residual = random_numbers(out.elements(), info.out == Layout::kNhwcU8 ? 0 : -127, 127,
                              kSteps.residual, rng);
  }
  const std::vector<double> exact_input(input.begin(), input.end());
  const std::vector<double> exact_residual(residual.begin(), residual.end());
  const std::vector<std::span<const double>> inputs = {exact_input};
  const std::vector<double> sums = reference_run(problem, inputs, exact_residual, {weights, bias});

  for (const int threads : {1, 2}) {
    const ThreadScope scope(threads);
    const auto kernel = primitive.prepare(problem, {weights, bias, kSteps}, {.threads = threads});
    ASSERT_TRUE(kernel.ok()) << to_string(kernel.error());
    const AlignedBuffer source = bytes_of(input, in, info.in, kSteps.input);
    AlignedBuffer target(physical_bytes(out, info.out)), scratch((*kernel)->workspace());
    if (problem.post_ops.residual) target = bytes_of(residual, out, info.out, kSteps.residual);
    const std::vector<const float*> sources = {source.floats()};
    (*kernel)->run({sources, target.floats(), scratch.data()});
    const std::vector<float> made = read_tensor(target.data(), out, info.out, kSteps.output);
    int wrong = 0;
    for (std::size_t i = 0; i < made.size() && wrong < 3; ++i) {
      const float wanted = stored(sums[i], info.out, kSteps.output);
      EXPECT_EQ(made[i], wanted) << "element " << i << " of " << sums[i];
      wrong += made[i] != wanted ? 1 : 0;
    }
  }
}

TEST(Int8, ConvolutionsAndFullyConnectedLayersAreExact) {
  if (!has_vnni()) GTEST_SKIP() << "oneDNN may not use AVX-512 VNNI here";
  Rng rng(1);
  int checked = 0;
  for (const char* text :
       {"conv:ic16ih6oc32kh3ph1+bias+relu", "conv:ic16ih6iw9oc32kh1+bias+sum+relu",
        "conv:ic3ih11oc16kh7sh2ph3+bias+relu", "conv:ic32ih7oc32kh3sh2ph1g32+bias+clip0,6",
        "conv:n2ic24ih5oc40kh1sh2", "conv:ic5ih8oc7kh3ph1+sum", "conv:ic16ih6oc32kh3ph1g2+bias",
        "conv:ic16ih9oc16kh3ph2dh2+bias+leaky0.25", "fc:ic64oc10+bias", "fc:n3ic20oc33+relu",
        "fc:ic7ih3iw5oc12+bias"}) {
    const Problem problem = *parse_problem(text);
    for (const Candidate& candidate : candidates(problem, {.threads = 1, .int8 = true})) {
      if (candidate.primitive->info().precision != Precision::kInt8) continue;
      if (!std::holds_alternative<Admitted>(candidate.applicability)) continue;
      expect_exact(*candidate.primitive, problem, rng);
      ++checked;
    }
  }
  EXPECT_GT(checked, 40);
}

// The step of the output cannot pass through these; rounding may then differ by one step.
TEST(Int8, CurvedActivationsAreWithinAStep) {
  if (!has_vnni()) GTEST_SKIP() << "oneDNN may not use AVX-512 VNNI here";
  Rng rng(2);
  for (const char* text : {"conv:ic16ih6oc32kh3ph1+bias+sigmoid", "conv:ic16ih6oc32kh1+hardswish",
                           "conv:ic16ih6oc32kh1+bias+sum+swish"}) {
    const Problem problem = *parse_problem(text);
    for (const char* id : {"onednn-int8-jit-nhwcu8-nhwcs8", "onednn-int8-jit-nhwcs8-nhwc"}) {
      const Primitive& primitive = *find_primitive(id);
      const PrimitiveInfo& info = primitive.info();
      if (!std::holds_alternative<Admitted>(primitive.supports(problem, {.threads = 1}))) continue;
      const Shape4 in = input_shape(problem, 0), out = output_shape(problem);
      const TensorSteps steps{.input = 0.01F, .output = 0.02F, .residual = 0.03F};
      const std::vector<float> input = random_numbers(in.elements(), 0, 127, steps.input, rng);
      const std::vector<float> weights = random_weights(problem, rng);
      const std::vector<float> bias = random_numbers(bias_elements(problem), -9, 9, 0.1F, rng);
      const std::vector<float> residual = random_numbers(
          problem.post_ops.residual ? out.elements() : 0, -127, 127, steps.residual, rng);
      const std::vector<double> exact(input.begin(), input.end());
      const std::vector<double> added(residual.begin(), residual.end());
      const std::vector<std::span<const double>> inputs = {exact};
      const std::vector<double> wanted = reference_run(problem, inputs, added, {weights, bias});
      const auto kernel = primitive.prepare(problem, {weights, bias, steps}, {.threads = 1});
      ASSERT_TRUE(kernel.ok()) << to_string(kernel.error());
      const AlignedBuffer source = bytes_of(input, in, info.in, steps.input);
      AlignedBuffer target(physical_bytes(out, info.out)), scratch((*kernel)->workspace());
      if (!residual.empty()) target = bytes_of(residual, out, info.out, steps.residual);
      const std::vector<const float*> sources = {source.floats()};
      (*kernel)->run({sources, target.floats(), scratch.data()});
      const std::vector<float> made = read_tensor(target.data(), out, info.out, steps.output);
      const float unit = is_int8(info.out) ? steps.output : 1e-3F;
      for (std::size_t i = 0; i < made.size(); ++i) {
        const float limit = is_int8(info.out) ? 127 * steps.output : 1e30F;
        const auto clipped = std::clamp(static_cast<float>(wanted[i]), -limit, limit);
        ASSERT_NEAR(made[i], clipped, unit + 1e-4F * std::abs(clipped)) << id << " " << text;
      }
    }
  }
}

TEST(Int8, TransformsRoundOnceAndBackIsExact) {
  if (!has_vnni()) GTEST_SKIP() << "oneDNN may not use AVX-512 VNNI here";
  const Primitive& requantize = *find_primitive("onednn-requantize");
  Rng rng(3);
  const Shape4 shape{.n = 2, .c = 19, .h = 5, .w = 3};
  const auto transformed = [&](const AlignedBuffer& source, Layout from, Layout to, float in,
                               float out) {
    const Problem problem{TransformProblem{shape, from, to}, {}};
    const auto kernel = requantize.prepare(
        problem, {.weights = {}, .bias = {}, .steps = {.input = in, .output = out}},
        {.threads = 1});
    EXPECT_TRUE(kernel.ok()) << to_string(problem);
    AlignedBuffer target(physical_bytes(shape, to)), scratch((*kernel)->workspace());
    const std::vector<const float*> sources = {source.floats()};
    (*kernel)->run({sources, target.floats(), scratch.data()});
    return target;
  };
  for (const Layout bytes : kInt8Layouts) {
    const float step = 0.125F;
    std::vector<float> values;
    for (int64_t i = 0; i < shape.elements(); ++i)
      values.push_back(static_cast<float>(10 * rng.normal()));
    for (const Layout floats : kAllLayouts) {
      SCOPED_TRACE(std::string(to_string(floats)) + " " + std::string(to_string(bytes)));
      const AlignedBuffer source = bytes_of(values, shape, floats, 1);
      const AlignedBuffer there = transformed(source, floats, bytes, 1, step);
      const std::vector<float> numbers = read_tensor(there.data(), shape, bytes, step);
      const int32_t least = bytes == Layout::kNhwcU8 ? 0 : -128;  // oneDNN has one number more
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        const float wanted =
            step * std::clamp(std::nearbyint(values[i] / step), static_cast<float>(least),
                              bytes == Layout::kNhwcU8 ? 255.0F : 127.0F);
        ASSERT_EQ(numbers[i], wanted) << values[i];
      }
      const AlignedBuffer back = transformed(there, bytes, floats, step, 1);
      EXPECT_EQ(read_tensor(back.data(), shape, floats, 1), numbers);
    }
  }
  std::vector<float> values = random_numbers(shape.elements(), 0, 60, 0.5F, rng);
  const AlignedBuffer signless = bytes_of(values, shape, Layout::kNhwcU8, 0.5F);
  const AlignedBuffer sign = transformed(signless, Layout::kNhwcU8, Layout::kNhwcS8, 0.5F, 0.25F);
  EXPECT_EQ(read_tensor(sign.data(), shape, Layout::kNhwcS8, 0.25F), values);
}

TEST(Int8, MaximumPoolingKeepsTheNumbers) {
  if (!has_vnni()) GTEST_SKIP() << "oneDNN may not use AVX-512 VNNI here";
  Rng rng(4);
  for (const char* text : {"pool:max:c64ih12kh3sh2ph1", "pool:max:n2c5ih9iw7kh2sh2"}) {
    const Problem problem = *parse_problem(text);
    for (const Layout layout : kInt8Layouts) {
      const Primitive& primitive =
          *find_primitive("onednn-pool-int8-" + std::string(to_string(layout)));
      const Shape4 in = input_shape(problem, 0), out = output_shape(problem);
      const std::vector<float> input =
          random_numbers(in.elements(), layout == Layout::kNhwcU8 ? 0 : -127, 127, 0.5F, rng);
      const std::vector<double> exact(input.begin(), input.end());
      const std::vector<std::span<const double>> inputs = {exact};
      const auto kernel = primitive.prepare(problem, {}, {.threads = 1});
      ASSERT_TRUE(kernel.ok()) << to_string(kernel.error());
      const AlignedBuffer source = bytes_of(input, in, layout, 0.5F);
      AlignedBuffer target(physical_bytes(out, layout)), scratch((*kernel)->workspace());
      const std::vector<const float*> sources = {source.floats()};
      (*kernel)->run({sources, target.floats(), scratch.data()});
      EXPECT_EQ(relative_error(read_tensor(target.data(), out, layout, 0.5F),
                               reference_run(problem, inputs, {}, {})),
                0);
    }
  }
}

TEST(Int8, NobodyMeetsOneWhoDidNotAsk) {
  for (const char* text : {"conv:ic16ih6oc32kh3ph1", "fc:ic64oc10", "pool:max:c16ih8kh2sh2",
                           "transform:nhwc-nhwcu8:c16h4"}) {
    for (const Candidate& candidate : candidates(*parse_problem(text), {.threads = 1}))
      EXPECT_EQ(candidate.primitive->info().precision, Precision::kFp32);
  }
}

TEST(Int8, WithoutVnniAllRefuseAndSayWhy) {
  if (has_vnni()) GTEST_SKIP() << "oneDNN may use AVX-512 VNNI here";
  for (const char* text : {"conv:ic16ih6oc32kh3ph1", "fc:ic64oc10", "pool:max:c16ih8kh2sh2",
                           "transform:nhwc-nhwcu8:c16h4"}) {
    int refused = 0;
    for (const Candidate& candidate :
         candidates(*parse_problem(text), {.threads = 1, .int8 = true})) {
      if (candidate.primitive->info().precision == Precision::kFp32) continue;
      const auto* no = std::get_if<Refused>(&candidate.applicability);
      ASSERT_NE(no, nullptr) << candidate.primitive->info().id;
      EXPECT_NE(no->reason.find("VNNI"), std::string::npos) << no->reason;
      ++refused;
    }
    EXPECT_GT(refused, 0) << text;
  }
}

TEST(Int8, RefusesWhatItCannotDo) {
  if (!has_vnni()) GTEST_SKIP() << "oneDNN may not use AVX-512 VNNI here";
  const auto refused = [](const char* id, const char* text) {
    const Applicability answer = find_primitive(id)->supports(*parse_problem(text), {.threads = 1});
    const auto* no = std::get_if<Refused>(&answer);
    return no != nullptr && !no->reason.empty();
  };
  EXPECT_TRUE(refused("onednn-pool-int8-nhwcu8", "pool:avg:c16ih8kh2sh2"));
  EXPECT_TRUE(refused("onednn-requantize", "transform:nhwc-nchw:c16h4"));
  EXPECT_TRUE(refused("onednn-reorder", "transform:nhwc-nhwcu8:c16h4"));
  EXPECT_TRUE(refused("onednn-int8-jit-nhwcu8", "conv:ic70000ih1oc8kh1"));  // sums beyond 32 bits
}

}  // namespace
}  // namespace kernwise
