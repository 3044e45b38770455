// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "primitives/check_primitive.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/primitives/reference.h"

namespace kernwise::test {
namespace {

constexpr std::byte kCanary{0xA5};
constexpr int64_t kGuard = 4096;

// A block between two guards, at an address that is a multiple of 64 and of nothing larger.
class GuardedBlock {
 public:
  explicit GuardedBlock(int64_t bytes) : bytes_(bytes), buffer_(Bytes{bytes + 2 * kGuard + 64}) {
    std::memset(buffer_.data(), static_cast<int>(kCanary), buffer_.size().value);
  }
  std::byte* data() { return buffer_.data() + kGuard + 64; }
  float* floats() { return reinterpret_cast<float*>(data()); }
  std::span<const float> view() { return {floats(), static_cast<size_t>(bytes_ / 4)}; }
  void fill(std::span<const float> values) { std::ranges::copy(values, floats()); }
  void poison() {
    std::fill_n(floats(), bytes_ / 4, std::numeric_limits<float>::quiet_NaN());
  }
  bool guards_intact() {
    const auto is_canary = [](std::byte b) { return b == kCanary; };
    return std::all_of(buffer_.data(), data(), is_canary) &&
           std::all_of(data() + bytes_, buffer_.data() + buffer_.size().value, is_canary);
  }

 private:
  int64_t bytes_;
  AlignedBuffer buffer_;
};

std::vector<float> random_values(int64_t count, Rng& rng, double low, double high) {
  std::vector<float> values(count);
  for (float& v : values) v = static_cast<float>(rng.uniform(low, high));
  return values;
}

// Sign of what an output channel sums up to: alternating, positive when there is only one.
double channel_sign(int64_t channel) { return channel % 2 == 0 ? 1 : -1; }

std::vector<float> summing_weights(int64_t outputs, int64_t length, Rng& rng) {
  // Inputs have mean 1/4, weights mean 1/4 times the scale: sums come out near 3 in magnitude.
  const double scale = std::min(4.0, 48.0 / static_cast<double>(length));
  std::vector<float> weights;
  weights.reserve(outputs * length);
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t i = 0; i < length; ++i)
      weights.push_back(static_cast<float>(channel_sign(o) * scale * rng.uniform(-0.5, 1)));
  return weights;
}

bool padding_is_zero(std::span<const float> data, const Shape4& shape, Layout layout) {
  const auto logical = from_layout(data, shape, layout);
  const auto padded = to_layout(logical, shape, layout);
  return std::equal(data.begin(), data.end(), padded.begin(), padded.end(),
                    [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); });
}

double error_of(std::span<const float> data, const Shape4& shape, Layout layout,
                std::span<const double> expected) {
  const auto logical = from_layout(data, shape, layout);
  const std::vector<double> actual(logical.begin(), logical.end());
  return relative_error(std::span<const double>(actual), expected);
}

}  // namespace

Sample make_sample(const Problem& problem, Rng& rng) {
  Sample sample{.problem = problem, .inputs = {}, .weights = {}, .bias = {}, .residual = {},
                .expected = {}};
  const int64_t outputs = output_shape(problem).c;
  const ProblemKind kind = problem.kind();
  const bool sums = kind == ProblemKind::kConv || kind == ProblemKind::kFc ||
                    kind == ProblemKind::kDeconv || kind == ProblemKind::kMatmul ||
                    kind == ProblemKind::kGemm || kind == ProblemKind::kGemv ||
                    kind == ProblemKind::kMatconv;
  for (int i = 0; i < input_count(problem); ++i) {
    const int64_t count = input_shape(problem, i).elements();
    sample.inputs.push_back(random_values(count, rng, sums ? -0.5 : -2, sums ? 1 : 2));
  }
  if (const int64_t count = weight_elements(problem); count > 0)
    sample.weights = sums ? summing_weights(outputs, count / outputs, rng)
                          : random_values(count, rng, -2, 2);
  sample.bias = random_values(bias_elements(problem), rng, -0.5, 0.5);
  if (problem.post_ops.residual)
    sample.residual = random_values(output_shape(problem).elements(), rng, -0.5, 0.5);

  std::vector<std::vector<double>> inputs;
  for (const auto& input : sample.inputs) inputs.emplace_back(input.begin(), input.end());
  const std::vector<std::span<const double>> views(inputs.begin(), inputs.end());
  const std::vector<double> residual(sample.residual.begin(), sample.residual.end());
  sample.expected = reference_run(problem, views, residual, sample.weight_view());
  return sample;
}

Check check_primitive(const Primitive& primitive, const Sample& sample, int threads) {
  Check check;
  const Problem& problem = sample.problem;
  const Execution execution{.threads = threads};
  const Applicability applicability = primitive.supports(problem, execution);
  if (const auto* refused = std::get_if<Refused>(&applicability)) {
    check.reason = refused->reason;
    if (check.reason.empty()) check.fault = "a refusal without a reason";
    if (primitive.prepare(problem, sample.weight_view(), execution).ok())
      check.fault = "prepare() accepts what supports() refuses";
    return check;
  }
  check.admitted = true;
  const auto fault = [&check](std::string what) {
    if (check.fault.empty()) check.fault = std::move(what);
  };

  const ThreadScope scope(threads);
  auto prepared = primitive.prepare(problem, sample.weight_view(), execution);
  if (!prepared.ok()) {
    fault("prepare() fails on an admitted problem: " + prepared.error().message);
    return check;
  }
  const Kernel& kernel = **prepared;
  const Bytes workspace = std::get<Admitted>(applicability).workspace;
  check.workspace = workspace;
  if (kernel.workspace() != workspace) fault("workspace() differs from what supports() said");
  const auto packed = static_cast<int64_t>(kernel.packed_data().size());
  if (packed != 0 && packed != kernel.packed_weights().value)
    fault("packed_data() and packed_weights() differ in size");

  const Layout in = input_layout(primitive.info(), problem);
  const Layout out = output_layout(primitive.info(), problem);
  const Shape4 shape = output_shape(problem);
  std::vector<GuardedBlock> inputs;
  std::vector<std::vector<float>> originals;
  std::vector<const float*> pointers;
  for (int i = 0; i < input_count(problem); ++i) {
    originals.push_back(to_layout(sample.inputs[i], input_shape(problem, i), in));
    inputs.emplace_back(static_cast<int64_t>(originals.back().size()) * 4);
    inputs.back().fill(originals.back());
    pointers.push_back(inputs.back().floats());
  }
  GuardedBlock output(physical_bytes(shape, out).value), scratch(workspace.value);

  for (int run = 0; run < 2; ++run) {  // twice: nothing may be left over from the first
    output.poison();
    scratch.poison();
    if (problem.post_ops.residual) output.fill(to_layout(sample.residual, shape, out));
    kernel.run({.inputs = pointers,
                .output = output.floats(),
                .scratch = workspace.value > 0 ? scratch.data() : nullptr});
    check.relative_error =
        std::max(check.relative_error, error_of(output.view(), shape, out, sample.expected));
    if (!padding_is_zero(output.view(), shape, out)) fault("channel padding is not zero");
    if (!output.guards_intact()) fault("wrote outside the output");
    if (!scratch.guards_intact()) fault("wrote outside the scratch");
    for (size_t i = 0; i < inputs.size(); ++i)
      if (!inputs[i].guards_intact() || !std::ranges::equal(inputs[i].view(), originals[i]))
        fault("changed an input");
  }
  const bool in_place = primitive.info().in_place && in == out && !problem.post_ops.residual &&
                        input_shape(problem, 0) == shape;
  if (in_place) {
    const std::vector<float> apart(output.view().begin(), output.view().end());
    output.fill(originals[0]);
    scratch.poison();
    pointers[0] = output.floats();
    kernel.run({.inputs = pointers,
                .output = output.floats(),
                .scratch = workspace.value > 0 ? scratch.data() : nullptr});
    if (std::memcmp(output.view().data(), apart.data(), apart.size() * sizeof(float)) != 0)
      fault("gives other bits in place");
    if (!output.guards_intact()) fault("wrote outside the output in place");
  }
  return check;
}

double tolerance(const PrimitiveInfo& info) { return info.family == "winograd" ? 1e-4 : 1e-5; }

}  // namespace kernwise::test
