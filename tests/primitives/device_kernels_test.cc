// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The primitives on OpenCL and CUDA devices against the float64 reference, on every device that
// this machine has. Where it has none (PoCL is one: tools/packages/opencl.txt) there is nothing to
// run them on, and the test is skipped, which ctest shows.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "kernwise/primitives/reference.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/primitives/resource.h"
#include "primitives/check_primitive.h"

namespace kernwise::test {
namespace {

constexpr int64_t kGuard = 64;  // elements before and after what a kernel may touch
constexpr float kCanary = 12345.5F;

std::vector<const Resource*> devices() {
  std::vector<const Resource*> found;
  for (const auto& resource : all_resources())
    if (resource->name() != "cpu" && resource->refusal().empty()) found.push_back(resource.get());
  return found;
}

// Memory of a device between two guards.
class DeviceBlock {
 public:
  DeviceBlock(const Resource& resource, std::vector<float> content)
      : resource_(resource), content_(std::move(content)),
        memory_(std::move(resource.allocate({bytes()})).value()) {
    std::vector<float> all(static_cast<size_t>(bytes() / 4), kCanary);
    std::ranges::copy(content_, all.begin() + kGuard);
    EXPECT_TRUE(resource_.copy_in(memory_.data(), all.data(), bytes() / 4).ok());
  }
  float* data() const { return memory_.data() + kGuard; }
  std::vector<float> read() const {
    std::vector<float> all(static_cast<size_t>(bytes() / 4));
    EXPECT_TRUE(resource_.copy_out(all.data(), memory_.data(), bytes() / 4).ok());
    const auto canary = [](float value) { return value == kCanary; };
    EXPECT_TRUE(std::all_of(all.begin(), all.begin() + kGuard, canary)) << "wrote before the block";
    EXPECT_TRUE(std::all_of(all.end() - kGuard, all.end(), canary)) << "wrote behind the block";
    return {all.begin() + kGuard, all.end() - kGuard};
  }
  bool unchanged() const { return read() == content_; }

 private:
  int64_t bytes() const { return (static_cast<int64_t>(content_.size()) + 2 * kGuard) * 4; }

  const Resource& resource_;
  std::vector<float> content_;
  ResourceMemory memory_;
};

// Runs the primitive twice; the number of problems that were computed.
int check(const Resource& resource, const Primitive& primitive, const Sample& sample) {
  const Execution execution{.threads = 1, .resource = resource.name()};
  const std::string name = primitive.info().id + " on " + resource.name() + " (" +
                           resource.description() + "): " + to_string(sample.problem);
  const auto kernel = primitive.prepare(sample.problem, {}, execution);
  EXPECT_TRUE(kernel.ok()) << name << ": " << to_string(kernel.error());
  if (!kernel.ok()) return 0;
  std::vector<DeviceBlock> inputs;
  std::vector<const float*> pointers;
  for (const auto& input : sample.inputs)
    pointers.push_back(inputs.emplace_back(resource, input).data());
  const auto outputs = static_cast<size_t>(output_shape(sample.problem).elements());
  for (int run = 0; run < 2; ++run) {
    const DeviceBlock output(resource,
                             std::vector<float>(outputs, std::numeric_limits<float>::quiet_NaN()));
    (*kernel)->run({pointers, output.data(), nullptr});
    EXPECT_TRUE(resource.state().ok()) << name << ": " << to_string(resource.state().error());
    const std::vector<float> result = output.read();
    const std::vector<double> actual(result.begin(), result.end());
    EXPECT_LE(relative_error(std::span<const double>(actual), sample.expected),
              tolerance(primitive.info()))
        << name;
  }
  for (const DeviceBlock& input : inputs) EXPECT_TRUE(input.unchanged()) << name;
  return 1;
}

int check_all(const Resource& resource, const std::string& text, Rng& rng) {
  const auto problem = parse_problem(text);
  EXPECT_TRUE(problem.ok()) << text;
  if (!problem.ok()) return 0;
  const Sample sample = make_sample(*problem, rng);
  int computed = 0;
  for (const Candidate& candidate :
       candidates(*problem, {.threads = 1, .resource = resource.name()}))
    if (std::holds_alternative<Admitted>(candidate.applicability))
      computed += check(resource, *candidate.primitive, sample);
  return computed;
}

class DeviceKernels : public testing::Test {
 protected:
  void SetUp() override {
    if (!devices().empty()) return;
    for (const auto& resource : all_resources())
      if (!resource->refusal().empty())
        std::cerr << resource->name() << " cannot be used: " << resource->refusal() << "\n";
    GTEST_SKIP() << "no OpenCL or CUDA device here that kernels can run on";
  }
};

// Sizes below, at and above the tiles, and none of them square.
TEST_F(DeviceKernels, AgreeWithTheReferenceOverTheShapeTable) {
  constexpr const char* kTable[] = {"gemm:m1n1k1",
                                    "gemm:m16n16k16",
                                    "gemm:m17n15k33",
                                    "gemm:m1n70k5",
                                    "gemm:m70n1k300",
                                    "gemm:m64n48k1",
                                    "gemm:m129n65k127",
                                    "gemm:m32n64k256",
                                    "gemv:m1n1",
                                    "gemv:m16n16",
                                    "gemv:m1n1000",
                                    "gemv:m1000n1",
                                    "gemv:m65n17",
                                    "gemv:m128n64",
                                    "gemv:m63n511",
                                    "matconv:h10w10r3",
                                    "matconv:h3w3r3",
                                    "matconv:h1w1r1",
                                    "matconv:h18w34r3",
                                    "matconv:h40w17r7",
                                    "matconv:h33w70r17",
                                    "matconv:h64w64r5",
                                    "matconv:h30w21r2",
                                    "matconv:h40w41r18",
                                    "pool:max:c1ih5iw7kh2",
                                    "pool:max:c1ih33kh3sh2",
                                    "pool:max:c3ih28kh3sh2ph1",
                                    "pool:max:n2c3ih17iw40kh5kw2sh1sw2",
                                    "pool:max:c1ih64kh4sh4",
                                    "pool:max:c2ih16kh16",
                                    "pool:max:c1ih50kh50",
                                    "pool:max:c1ih31kh3sh3pt1pb0pl0pr1"};
  for (const Resource* resource : devices()) {
    Rng rng(1);
    int computed = 0;
    for (const char* text : kTable) {
      const int variants = check_all(*resource, text, rng);
      EXPECT_GE(variants, 1) << text << " on " << resource->name();
      computed += variants;
    }
    // Both variants of all of them but for four whose windows are larger than the tile.
    EXPECT_GE(computed, 2 * static_cast<int>(std::size(kTable)) - 4) << resource->name();
  }
}

TEST_F(DeviceKernels, AgreeWithTheReferenceOnRandomProblems) {
  constexpr uint64_t kSeed = 20260101;
  for (const Resource* resource : devices()) {
    Rng rng(kSeed);
    const auto size = [&rng](int low, int high) {
      return std::to_string(low + static_cast<int>(rng.uniform(0, high - low + 0.999)));
    };
    for (int i = 0; i < 25; ++i) {
      EXPECT_EQ(check_all(*resource, "gemv:m" + size(1, 400) + "n" + size(1, 400), rng),
                2 + (resource_class(resource->name()) == "cuda"))
          << "seed " << kSeed;
      const std::string gemm = "gemm:m" + size(1, 150) + "n" + size(1, 150) + "k" + size(1, 150);
      EXPECT_GE(check_all(*resource, gemm, rng), 2) << gemm << ", seed " << kSeed;
      const std::string r = size(1, 9);
      const std::string matconv = "matconv:h" + size(9, 120) + "w" + size(9, 120) + "r" + r;
      EXPECT_EQ(check_all(*resource, matconv, rng), 2) << matconv << ", seed " << kSeed;
      const std::string pool = "pool:max:n1c" + size(1, 4) + "ih" + size(5, 100) + "iw" +
                               size(5, 100) + "kh" + size(1, 5) + "kw" + size(1, 5) + "sh" +
                               size(1, 2) + "sw" + size(1, 2);
      EXPECT_EQ(check_all(*resource, pool, rng), 2) << pool << ", seed " << kSeed;
    }
  }
}

// A Kernel is const: whoever runs it from two threads gets two right results.
TEST_F(DeviceKernels, OneKernelServesTwoThreads) {
  for (const Resource* resource : devices()) {
    Rng rng(3);
    const Sample sample = make_sample(*parse_problem("gemm:m90n70k50"), rng);
    const Execution execution{.threads = 1, .resource = resource->name()};
    for (const Candidate& candidate : candidates(sample.problem, execution)) {
      const auto kernel = candidate.primitive->prepare(sample.problem, {}, execution);
      if (!kernel.ok()) continue;  // no cuBLAS
      const DeviceBlock a(*resource, sample.inputs[0]), b(*resource, sample.inputs[1]);
      const std::vector<const float*> inputs = {a.data(), b.data()};
      const DeviceBlock first(*resource, std::vector<float>(90 * 70));
      const DeviceBlock second(*resource, std::vector<float>(90 * 70));
      const auto run = [&](const DeviceBlock& output) {
        for (int i = 0; i < 20; ++i) (*kernel)->run({inputs, output.data(), nullptr});
      };
      std::thread other([&] { run(second); });
      run(first);
      other.join();
      EXPECT_EQ(first.read(), second.read()) << candidate.primitive->info().id;
      const std::vector<float> result = first.read();
      const std::vector<double> actual(result.begin(), result.end());
      EXPECT_LE(relative_error(std::span<const double>(actual), sample.expected), 1e-5);
    }
  }
}

TEST_F(DeviceKernels, SayWhyTheyRefuse) {
  const auto reason = [](const char* text, const std::string& id) -> std::string {
    const auto problem = parse_problem(text);
    EXPECT_TRUE(problem.ok()) << to_string(problem.error());
    if (!problem.ok()) return {};
    for (const Candidate& candidate :
         candidates(*problem, {.threads = 1, .resource = devices().front()->name()}))
      if (candidate.primitive->info().id.ends_with(id))
        if (const auto* refused = std::get_if<Refused>(&candidate.applicability))
          return refused->reason;
    return {};
  };
  EXPECT_NE(reason("pool:avg:c1ih8kh2", "-pool-global").find("maximum"), std::string::npos);
  EXPECT_NE(reason("pool:max:c1ih60kh40", "-pool-tiled").find("48x48"), std::string::npos);
  EXPECT_NE(reason("matconv:h60w60r21", "-matconv-tiled").find("17x17"), std::string::npos);
  EXPECT_NE(reason("gemm:m40000n40000k1", "-gemm-global").find("2^30"), std::string::npos);
  EXPECT_NE(reason("gemm:m1100000n1k1", "-gemm-tiled").find("65535"), std::string::npos);
}

}  // namespace
}  // namespace kernwise::test
