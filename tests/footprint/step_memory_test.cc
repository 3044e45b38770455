// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Memory played through on the graph. What libtorch really takes is compared in torch_worker_test;
// here stand peaks that it was measured to take (libtorch 1.13 with oneDNN 2.6 on AVX-512, two
// threads), so that the model cannot drift where there is no libtorch.
#include "kernwise/footprint/step_memory.h"

#include <gtest/gtest.h>

#include <numeric>

#include "kernwise/graph/zoo.h"

namespace kernwise {
namespace {

constexpr Bytes kMost{int64_t{1} << 40};

StepMemory memory_of(const char* name, const StepOptions& step) {
  const Network network = *build_zoo_network(name);
  return step_memory(*unfolded_graph(network, step.batch, kMost), step, {});
}

struct Measured {
  const char* network;
  StepOptions step;
  int64_t forward, backward, update;
};

TEST(StepMemory, PeaksAreThoseThatWereMeasured) {
  using enum Optimizer;
  const Measured cases[] = {
      {"resnet18", {.batch = 8, .threads = 2}, 233690336, 262173832, 98371460},
      {"resnet18",
       {.batch = 2, .optimizer = kAdam, .weight_decay = 0.01, .threads = 1},
       194139632,
       226870680,
       216586396},
      {"mobilenet_v2",
       {.batch = 4, .optimizer = kAdam, .threads = 2},
       356184584,
       362843304,
       68862892},
      {"densenet121", {.batch = 2, .threads = 2}, 293700528, 300188504, 65369684},
      {"googlenet",
       {.batch = 4, .optimizer = kAdam, .weight_decay = 0.01, .threads = 2},
       273243008,
       281352488,
       120753196},
      {"shufflenet_v2_x1_0",
       {.batch = 4, .optimizer = kAdamW, .weight_decay = 0.01, .threads = 2},
       110449488,
       116458232,
       47122876},
      {"efficientnet_b0", {.batch = 2, .threads = 2}, 247871296, 255653608, 43680692},
      {"esrgan_small", {.batch = 1, .threads = 2}, 79061720, 88263596, 1799208}};
  for (const Measured& m : cases) {
    const StepMemory memory = memory_of(m.network, m.step);
    EXPECT_NEAR(static_cast<double>(memory.forward.peak_bytes) / static_cast<double>(m.forward), 1,
                5e-4)
        << m.network;
    EXPECT_NEAR(static_cast<double>(memory.backward.peak_bytes) / static_cast<double>(m.backward),
                1, 5e-4)
        << m.network;
    EXPECT_NEAR(static_cast<double>(memory.update.peak_bytes) / static_cast<double>(m.update), 1,
                5e-4)
        << m.network;
  }
}

// The peak is the highest phase, not their sum, and its classes add up to it.
TEST(StepMemory, ClassesAddUpAndThePeakIsTheHighestPhase) {
  const StepMemory memory = memory_of("squeezenet1_1", {.batch = 4});
  for (const PhaseMemory* phase : {&memory.forward, &memory.backward, &memory.update}) {
    EXPECT_EQ(std::accumulate(phase->classes.begin(), phase->classes.end(), int64_t{0}),
              phase->peak_bytes);
    EXPECT_LE(phase->peak_bytes, memory.peak_bytes());
  }
  const int64_t held =
      std::accumulate(memory.holders.begin(), memory.holders.end(), int64_t{0},
                      [](int64_t sum, const HeldBytes& layer) { return sum + layer.bytes; });
  EXPECT_EQ(held, memory.peak().classes[static_cast<std::size_t>(TensorClass::kActivations)]);
}

TEST(StepMemory, AnOptimizersStateIsThereAllTheTime) {
  const StepMemory sgd = memory_of("squeezenet1_1", {.batch = 2});
  const StepMemory momentum =
      memory_of("squeezenet1_1", {.batch = 2, .optimizer = Optimizer::kMomentum});
  const StepMemory adam = memory_of("squeezenet1_1", {.batch = 2, .optimizer = Optimizer::kAdam});
  EXPECT_EQ(momentum.backward.peak_bytes - sgd.backward.peak_bytes, sgd.parameter_bytes);
  EXPECT_EQ(adam.backward.peak_bytes - sgd.backward.peak_bytes, 2 * sgd.parameter_bytes);
}

TEST(StepMemory, MoreImagesTakeMore) {
  int64_t last = 0;
  for (const int64_t batch : {1, 2, 3, 8, 32}) {
    const int64_t peak = memory_of("mnasnet1_0", {.batch = batch}).peak_bytes();
    EXPECT_GT(peak, last) << batch;
    last = peak;
  }
}

TEST(StepMemory, InferenceKeepsNothing) {
  const StepMemory training = memory_of("resnet18", {.batch = 4});
  const StepMemory inference = memory_of("resnet18", {.batch = 4, .inference = true});
  EXPECT_LT(inference.peak_bytes(), training.peak_bytes());
  EXPECT_EQ(inference.backward.peak_bytes, 0);
}

}  // namespace
}  // namespace kernwise
