// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the contract says of threads: one primitive may prepare from several threads at once, and
// one kernel may be run from several with different scratch. The threads here are the caller's;
// none of them starts OpenMP threads, so ThreadSanitizer can follow all of our own code.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/primitives/reference.h"
#include "kernwise/primitives/registry.h"
#include "primitives/check_primitive.h"

namespace kernwise {
namespace {

constexpr int kThreads = 4;

// Calls work(i) on kThreads threads at once, each of them one that OpenMP counts as alone.
template <typename Work>
void on_each_thread(Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&work, i] {
      const ThreadScope alone(1);
      work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Bytes that nobody else uses: output and scratch of one run.
class Run {
 public:
  Run(const Kernel& kernel, Bytes output) : output_(output), scratch_(kernel.workspace()) {}
  void operator()(const Kernel& kernel, const std::vector<const float*>& inputs) {
    kernel.run({.inputs = inputs, .output = output_.floats(), .scratch = scratch_.data()});
  }
  bool equals(const Run& other) const {
    return std::equal(output_.data(), output_.data() + output_.size().value, other.output_.data());
  }

 private:
  AlignedBuffer output_, scratch_;
};

void check(const Primitive& primitive, const Problem& problem) {
  SCOPED_TRACE(primitive.info().id + " on " + to_string(problem));
  const ThreadScope alone(1);
  Rng rng(3);
  const test::Sample sample = test::make_sample(problem, rng);
  const Layout in = input_layout(primitive.info(), problem);
  const std::vector<float> image = to_layout(sample.inputs[0], input_shape(problem, 0), in);
  AlignedBuffer input(Bytes{static_cast<int64_t>(image.size() * sizeof(float))});
  std::ranges::copy(image, input.floats());
  const std::vector<const float*> inputs = {input.floats()};
  const Bytes output =
      physical_bytes(output_shape(problem), output_layout(primitive.info(), problem));

  std::vector<std::unique_ptr<Kernel>> kernels(kThreads);
  on_each_thread([&](int i) {
    auto kernel = primitive.prepare(problem, sample.weight_view(), {.threads = 1});
    if (kernel.ok()) kernels[static_cast<std::size_t>(i)] = std::move(kernel).value();
  });
  for (const auto& kernel : kernels) ASSERT_NE(kernel, nullptr);

  const Kernel& shared = *kernels.front();
  std::vector<Run> runs;
  for (int i = 0; i < 2 * kThreads; ++i) runs.emplace_back(shared, output);
  on_each_thread([&](int i) {
    const auto own = static_cast<std::size_t>(i);
    runs[own](shared, inputs);
    runs[own + kThreads](*kernels[own], inputs);
  });
  for (const Run& run : runs) EXPECT_TRUE(run.equals(runs.front()));
}

Problem conv(ConvProblem p) {
  return {p, {.bias = true, .residual = false, .activation = {ActivationKind::kRelu, 0, 0}}};
}

TEST(SharedKernel, GivesEveryThreadTheSameBits) {
  const Problem dense = conv({.ic = 20,
                              .ih = 13,
                              .iw = 11,
                              .oc = 18,
                              .kh = 3,
                              .kw = 3,
                              .pt = 1,
                              .pb = 1,
                              .pl = 1,
                              .pr = 1});
  const Problem depthwise = conv({.ic = 24,
                                  .ih = 9,
                                  .iw = 9,
                                  .oc = 24,
                                  .kh = 3,
                                  .kw = 3,
                                  .pt = 1,
                                  .pb = 1,
                                  .pl = 1,
                                  .pr = 1,
                                  .g = 24});
  for (const char* id : {"winograd-f2x3-nhwc", "winograd-f4x3-nchw16c", "winograd-f4x3-nchw",
                         "direct-nchw", "packed-gemm-nhwc", "im2row-nhwc", "im2col-nchw"}) {
    check(*find_primitive(id), dense);
  }
  for (const char* id : {"depthwise-nhwc", "depthwise-nchw16c"}) {
    check(*find_primitive(id), depthwise);
  }
}

TEST(SharedKernel, OfATransformGivesEveryThreadTheSameBits) {
  const std::vector<Layout> layouts = {Layout::kNchw, Layout::kNhwc, Layout::kNchw16c};
  for (const Layout from : layouts) {
    for (const Layout to : layouts) {
      if (from == to) continue;
      const Problem problem{TransformProblem{{1, 20, 7, 9}, from, to}, {}};
      for (const Candidate& candidate : candidates(problem, {.threads = 1})) {
        if (std::holds_alternative<Admitted>(candidate.applicability)) {
          check(*candidate.primitive, problem);
        }
      }
    }
  }
}

}  // namespace
}  // namespace kernwise
