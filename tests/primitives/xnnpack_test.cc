// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Every primitive on XNNPACK against the float64 reference. With --isa=NAME the process is held to
// that instruction set first: XNNPACK chooses its kernels once.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iostream>
#include <set>
#include <thread>

#include "kernwise/base/aligned_buffer.h"
#include "kernwise/primitives/reference.h"
#include "primitives/check_primitive.h"
#include "primitives/factories.h"
#include "primitives/sample_problems.h"
#include "primitives/xnnpack/library.h"

namespace kernwise::test {
namespace {

bool built() { return !detail::xnn_version().empty(); }

// Returns the ids that admitted the problem.
std::set<std::string> check_all(const Problem& problem, Rng& rng, int threads) {
  std::set<std::string> admitted;
  const ThreadScope scope(1);
  const Sample sample = make_sample(problem, rng);
  for (const auto& primitive : detail::xnnpack_primitives()) {
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

TEST(Xnnpack, ConvolutionsAgreeWithTheReference) {
  Rng rng(21);
  std::set<std::string> admitted;
  int i = 0;
  for (const Problem& problem : convolution_table())
    admitted.merge(check_all(problem, rng, 1 + i++ % 3));
  for (const Problem& problem : post_operator_table()) admitted.merge(check_all(problem, rng, 1));
  for (int n = 0; n < 150; ++n)
    admitted.merge(check_all(random_convolution(rng, 300'000), rng, 1 + n % 3));
  EXPECT_EQ(admitted.size(), built() ? 2u : 0u);
}

TEST(Xnnpack, FullyConnectedLayersAgreeWithTheReference) {
  Rng rng(22);
  std::set<std::string> admitted;
  for (const char* text : {"fc:ic64ih3oc10+bias+relu", "fc:ic64ih3oc33", "fc:n3ic7ih5iw2oc40+bias",
                           "fc:ic100ih1oc1000+bias", "fc:ic16ih6oc17+bias+clip0,6"})
    for (const int threads : {1, 2, 3}) {
      const auto ids = check_all(*parse_problem(text), rng, threads);
      EXPECT_EQ(ids.size(), built() ? 2u : 0u) << text;
    }
  for (const char* text : {"fc:ic64ih3oc10+bias+sum", "fc:ic7ih1oc3"})
    EXPECT_TRUE(check_all(*parse_problem(text), rng, 1).empty()) << text;
}

TEST(Xnnpack, TakesWhatNetworksAreMadeOf) {
  if (!built()) GTEST_SKIP() << "built without XNNPACK";
  const auto takes = [](std::string_view id, const char* text) {
    const auto all = detail::xnnpack_primitives();
    const auto found = std::ranges::find_if(
        all, [&](const auto& primitive) { return primitive->info().id == id; });
    return std::holds_alternative<Admitted>(
        (*found)->supports(*parse_problem(text), {.threads = 1}));
  };
  EXPECT_TRUE(takes("xnnpack-conv-nhwc", "conv:ic3ih224oc64kh7sh2ph3+bias+relu"));
  EXPECT_TRUE(takes("xnnpack-conv-nhwc", "conv:ic64ih56oc256kh1+bias"));
  EXPECT_TRUE(takes("xnnpack-conv-nhwc", "conv:ic64ih56oc64kh3ph1g4+bias+relu"));
  EXPECT_TRUE(takes("xnnpack-depthwise-nhwc", "conv:ic96ih56oc96kh3ph1g96+bias+clip0,6"));
  EXPECT_FALSE(takes("xnnpack-conv-nhwc", "conv:ic96ih56oc96kh3ph1g96+bias"));
  EXPECT_FALSE(takes("xnnpack-conv-nhwc", "conv:ic64ih56oc256kh1+bias+sum"));
  EXPECT_FALSE(takes("xnnpack-depthwise-nhwc", "conv:ic96ih56oc96kh7ph3g96"));
}

// Whatever the numbers in a problem: an answer, and no crash.
TEST(Xnnpack, RefusesWhatIsTooLarge) {
  for (const char* text :
       {"conv:ic1ih1iw1oc16kh1kw1ph600000000pw0sh1000000000sw1", "conv:ic64ih100000oc64kh3ph1",
        "conv:ic4ih3000iw3000oc16kh301kw301ph150pw150"})
    for (const auto& primitive : detail::xnnpack_primitives()) {
      if (primitive->info().kind != ProblemKind::kConv) continue;
      EXPECT_TRUE(std::holds_alternative<Refused>(
          primitive->supports(*parse_problem(text), {.threads = 1})))
          << text;
    }
}

// A block whose last byte is the last that may be read.
class BeforeNoMansLand {
 public:
  explicit BeforeNoMansLand(std::span<const float> values) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t bytes = values.size_bytes();
    readable_ = (bytes + page - 1) / page * page;
    size_ = readable_ + page;
    base_ = static_cast<std::byte*>(
        mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base_ + readable_, page, PROT_NONE);
    floats_ = reinterpret_cast<float*>(base_ + readable_ - bytes);
    std::ranges::copy(values, floats_);
  }
  ~BeforeNoMansLand() { munmap(base_, size_); }
  BeforeNoMansLand(const BeforeNoMansLand&) = delete;
  BeforeNoMansLand& operator=(const BeforeNoMansLand&) = delete;
  float* floats() const { return floats_; }

 private:
  std::byte* base_ = nullptr;
  float* floats_ = nullptr;
  std::size_t readable_ = 0, size_ = 0;
};

// XNNPACK's manual lets it read 16 bytes behind a tensor; our contract does not. Images of 4x4
// pixels make every tensor a multiple of 64 bytes, as alignment to the end of a page needs.
TEST(Xnnpack, ReadsNothingBehindItsInputs) {
  Rng rng(23);
  std::vector<std::string> texts;
  for (const char* channels : {"1", "2", "3", "5", "6", "7", "8", "13", "17", "30"}) {
    const std::string c(channels);
    for (const char* rest : {"kh1", "kh3ph1", "kh2pt0pb1pl0pr1", "kh5ph2"}) {
      texts.push_back("conv:ic" + c + "ih4oc" + c + rest + "g" + c);
      for (const char* outputs : {"1", "2", "7", "15", "16", "17", "40"})
        texts.push_back("conv:ic" + c + "ih4oc" + outputs + rest);
    }
    for (const char* outputs : {"1", "3", "16", "33"})
      texts.push_back("fc:ic" + c + "ih4oc" + outputs);
  }
  int ran = 0;
  for (const std::string& text : texts) {
    const auto problem = parse_problem(text);
    ASSERT_TRUE(problem.ok()) << text;
    const Sample sample = make_sample(*problem, rng);
    for (const auto& primitive : detail::xnnpack_primitives()) {
      if (primitive->info().kind != problem->kind()) continue;
      for (const int threads : {1, 2}) {
        const ThreadScope scope(threads);
        auto kernel = primitive->prepare(*problem, sample.weight_view(), {.threads = threads});
        if (!kernel.ok()) continue;
        const BeforeNoMansLand input(
            to_layout(sample.inputs[0], input_shape(*problem, 0), primitive->info().in));
        AlignedBuffer output(physical_bytes(output_shape(*problem), primitive->info().out));
        const float* inputs[] = {input.floats()};
        (*kernel)->run({.inputs = inputs, .output = output.floats(), .scratch = nullptr});
        ++ran;
      }
    }
  }
  EXPECT_EQ(ran > 300, built());
}

// The operator keeps addresses from one run to the next; runs on other tensors, and from several
// threads at once, must not mix them up.
TEST(Xnnpack, AKernelServesAnyTensorsFromAnyThread) {
  Rng rng(24);
  for (const char* text : {"conv:ic17ih9oc37kh3ph1+bias+relu", "conv:ic32ih9oc32kh3ph1g32+bias",
                           "conv:ic32ih9oc64kh1+bias"}) {
    const Problem problem = *parse_problem(text);
    const Sample sample = make_sample(problem, rng);
    const Shape4 shape = output_shape(problem);
    for (const auto& primitive : detail::xnnpack_primitives()) {
      if (primitive->info().kind != problem.kind()) continue;
      auto kernel = primitive->prepare(problem, sample.weight_view(), {.threads = 2});
      if (!kernel.ok()) continue;
      const auto nhwc = to_layout(sample.inputs[0], input_shape(problem, 0), Layout::kNhwc);
      const auto work = [&](double& error) {
        const ThreadScope scope(2);
        for (int i = 0; i < 20; ++i) {
          AlignedBuffer input(Bytes{static_cast<int64_t>(nhwc.size()) * 4});
          std::ranges::copy(nhwc, input.floats());
          AlignedBuffer output(physical_bytes(shape, Layout::kNhwc));
          const float* inputs[] = {input.floats()};
          (*kernel)->run({.inputs = inputs, .output = output.floats(), .scratch = nullptr});
          const auto logical = from_layout({output.floats(), static_cast<size_t>(shape.elements())},
                                           shape, Layout::kNhwc);
          const std::vector<double> values(logical.begin(), logical.end());
          error = std::max(error, relative_error(std::span<const double>(values), sample.expected));
        }
      };
      double first = 0, second = 0;
      std::thread other(work, std::ref(second));
      work(first);
      other.join();
      EXPECT_LE(std::max(first, second), 1e-5) << text;
      EXPECT_GE((*kernel)->packed_weights().value, weight_elements(problem) * 4) << text;
    }
  }
}

}  // namespace
}  // namespace kernwise::test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const std::string_view prefix = "--isa=";
  if (argc > 1 && std::string_view(argv[1]).starts_with(prefix)) {
    const auto isa = kernwise::parse_isa(std::string_view(argv[1]).substr(prefix.size()));
    if (!isa) return 2;
    if (*isa > kernwise::machine_isa()) {
      std::cout << "this machine lacks it: nothing to test\n";
      return 0;
    }
    if (!kernwise::hold_to_isa(*isa).ok()) return 2;
  }
  return RUN_ALL_TESTS();
}
