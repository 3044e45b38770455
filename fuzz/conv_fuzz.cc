// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Primitives against each other: bytes become one small convolution, and every primitive that takes
// it must give what the float64 reference gives. Inputs and weights are small integers, so sums of
// products are exact in any order and the results of all plain algorithms must be equal to the bit;
// those that transform their data (Winograd, FFT) have rounding errors, bounded by the tolerance of
// the project.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/base/check.h"
#include "kernwise/base/rng.h"
#include "kernwise/primitives/reference.h"
#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

// Reads numbers off the input; zeros once it is used up.
class NumberReader {
 public:
  explicit NumberReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  int64_t number(int64_t low, int64_t high) {
    if (bytes_.empty()) return low;
    const uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return low + byte % (high - low + 1);
  }
  bool flag() { return number(0, 1) == 1; }

 private:
  std::span<const uint8_t> bytes_;
};

Problem read_problem(NumberReader& in) {
  ConvProblem p;
  p.n = in.number(1, 3);
  p.g = in.flag() ? in.number(1, 8) : 1;
  p.ic = p.g * in.number(1, 40);
  p.oc = in.flag() ? p.ic : p.g * in.number(1, 40);
  if (in.number(0, 7) == 0) p.g = p.oc = p.ic;
  p.kh = in.number(1, 7), p.kw = in.flag() ? p.kh : in.number(1, 7);
  p.sh = in.number(1, 3), p.sw = in.flag() ? p.sh : in.number(1, 4);
  if (in.flag()) p.dh = in.number(1, 3), p.dw = in.number(1, 3);
  p.pt = in.number(0, 3), p.pb = in.flag() ? p.pt : in.number(0, 4);
  p.pl = in.flag() ? p.pt : in.number(0, 4), p.pr = in.flag() ? p.pl : in.number(0, 4);
  p.ih = in.number(1, 30), p.iw = in.flag() ? p.ih : in.number(1, 40);
  PostOps post_ops{.bias = in.flag(), .residual = in.flag(), .activation = {}};
  const int64_t activation = in.number(0, 3);
  if (activation == 1) post_ops.activation = {ActivationKind::kRelu, 0, 0};
  if (activation > 1) post_ops.activation = {ActivationKind::kClip, activation == 2 ? 0.F : 2.F, 6};
  return {p, post_ops};
}

std::vector<float> small_integers(int64_t count, int64_t largest, Rng& rng) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(rng.integer(-largest, largest));
  return values;
}

struct Data {
  std::vector<float> input, weights, bias, residual;
  std::vector<double> expected;
  double scale = 0;  // the largest sum of absolute values that an output element can be
};

Data make_data(const Problem& problem, Rng& rng) {
  Data data{.input = small_integers(input_shape(problem, 0).elements(), 3, rng),
            .weights = small_integers(weight_elements(problem), 3, rng),
            .bias = small_integers(bias_elements(problem), 5, rng),
            .residual = {},
            .expected = {}};
  const int64_t outputs = output_shape(problem).elements();
  if (problem.post_ops.residual) data.residual = small_integers(outputs, 5, rng);
  const std::vector<double> input(data.input.begin(), data.input.end());
  const std::vector<double> residual(data.residual.begin(), data.residual.end());
  const std::span<const double> inputs[] = {input};
  data.expected = reference_run(problem, inputs, residual, {data.weights, data.bias});
  data.scale = 9.0 * static_cast<double>(weight_elements(problem) / output_shape(problem).c) + 10;
  return data;
}

[[noreturn]] void fail(const Primitive& primitive, const Problem& problem, int threads,
                       const char* what) {
  std::fprintf(stderr, "%s on %s with %d threads: %s\n", primitive.info().id.c_str(),
               to_string(problem).c_str(), threads, what);
  KERNWISE_CHECK(false);
  __builtin_unreachable();
}

void check(const Primitive& primitive, const Problem& problem, const Data& data, int threads,
           Bytes workspace) {
  const ThreadScope scope(threads);
  const auto kernel = primitive.prepare(problem, {data.weights, data.bias}, {.threads = threads});
  if (!kernel.ok()) fail(primitive, problem, threads, "prepare() fails on an admitted problem");
  if ((*kernel)->workspace() != workspace) fail(primitive, problem, threads, "another workspace");
  const PrimitiveInfo& info = primitive.info();
  const Shape4 shape = output_shape(problem);

  // Buffers end within 64 bytes of the stated sizes: a sanitizer sees what goes beyond them.
  const auto filled = [](const std::vector<float>& values) {
    AlignedBuffer buffer(Bytes{static_cast<int64_t>(values.size() * sizeof(float))});
    std::copy(values.begin(), values.end(), buffer.floats());
    return buffer;
  };
  const AlignedBuffer input = filled(to_layout(data.input, input_shape(problem, 0), info.in));
  AlignedBuffer output(physical_bytes(shape, info.out)), scratch(workspace);
  const int64_t elements = physical_elements(shape, info.out);
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  std::fill_n(output.floats(), elements, kNan);
  std::fill_n(scratch.floats(), workspace.value / int64_t{sizeof(float)}, kNan);
  if (problem.post_ops.residual) {
    const auto residual = to_layout(data.residual, shape, info.out);
    std::copy(residual.begin(), residual.end(), output.floats());
  }
  const float* inputs[] = {input.floats()};
  (*kernel)->run({.inputs = inputs,
                  .output = output.floats(),
                  .scratch = workspace.value > 0 ? scratch.data() : nullptr});

  const std::span<const float> raw(output.floats(), static_cast<size_t>(elements));
  const std::vector<float> result = from_layout(raw, shape, info.out);
  const bool transforms = info.family.starts_with("winograd") || info.family.starts_with("fft");
  const double tolerance = transforms ? 1e-4 * data.scale : 0;
  for (size_t i = 0; i < result.size(); ++i)
    if (!(std::abs(result[i] - data.expected[i]) <= tolerance))
      fail(primitive, problem, threads, "differs from the reference");
  const std::vector<float> padded = to_layout(result, shape, info.out);
  for (size_t i = 0; i < padded.size(); ++i)
    if (padded[i] != raw[i]) fail(primitive, problem, threads, "channel padding is not zero");
}

}  // namespace
}  // namespace kernwise

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace kernwise;  // NOLINT: one function
  NumberReader in({data, size});
  const Problem problem = read_problem(in);
  const int threads = static_cast<int>(in.number(1, 3));
  constexpr int64_t kMostMacs = 3'000'000;
  if (!validate(problem).ok() || macs(problem).value > kMostMacs) return 0;
  Rng rng(static_cast<uint64_t>(in.number(0, 255)));
  const Data values = make_data(problem, rng);
  for (const Candidate& candidate : candidates(problem, {.threads = threads}))
    if (const auto* admitted = std::get_if<Admitted>(&candidate.applicability))
      check(*candidate.primitive, problem, values, threads, admitted->workspace);
  return 0;
}
