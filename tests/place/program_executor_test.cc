// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/place/program_executor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

#include "kernwise/primitives/registry.h"
#include "kernwise/primitives/resource.h"

namespace kernwise {
namespace {

constexpr Bytes kEnough{int64_t{64} << 20};
// Every kind of kernel, a tensor that is read twice, a vector, an output in the middle.
constexpr const char* kText = R"(
A = input(40, 33)
B = input(33, 50)
C = matmul(A, B)
K = input(3, 3)
E = conv2d(C, K)
P = maxpool(E, 3, 2)
v = input(50)
y = matvec(C, v)
output P, y, C
)";

// All primitives that take row-major matrices, on every resource that works here.
PlaceTable table_of(const Program& program, const std::vector<const Resource*>& resources,
                    int threads) {
  PlaceTable table;
  for (const Resource* resource : resources) {
    table.resources.push_back({resource->name(), {0, 1e9}, {0, 1e9}});
  }
  for (const Task& task : program.tasks) {
    auto& row = table.tasks.emplace_back();
    for (std::size_t r = 0; r < resources.size(); ++r) {
      const Execution execution{.threads = r == 0 ? threads : 1, .resource = resources[r]->name()};
      for (const auto& primitive : all_primitives()) {
        const PrimitiveInfo& info = primitive->info();
        if (info.kind != task.problem.kind() || info.view || info.in != Layout::kNchw ||
            info.out != Layout::kNchw || !belongs_to(info, execution)) {
          continue;
        }
        if (std::holds_alternative<Refused>(primitive->supports(task.problem, execution))) continue;
        row.push_back({info.id, static_cast<int>(r), execution.threads, 1e-6, 1e-6, 1e-6, ""});
      }
    }
  }
  return table;
}

std::vector<const Resource*> resources_here() {
  std::vector<const Resource*> found = {find_resource("cpu")};
  for (const auto& resource : all_resources()) {
    if (resource->name() != "cpu" && resource->refusal().empty()) found.push_back(resource.get());
  }
  return found;
}

double worst_error(const Program& program, const ProgramExecutor& executor,
                   const std::vector<std::vector<double>>& expected) {
  double worst = 0;
  for (std::size_t i = 0; i < program.tensors.size(); ++i) {
    if (!program.tensors[i].output) continue;
    const auto values = executor.output(static_cast<int>(i));
    EXPECT_EQ(values.size(), expected[i].size());
    double most = 0, apart = 0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      most = std::max(most, std::abs(expected[i][k]));
      apart = std::max(apart, std::abs(expected[i][k] - double{values[k]}));
    }
    worst = std::max(worst, apart / most);
  }
  return worst;
}

class Executor : public testing::Test {
 protected:
  Executor() : program_(parse_program(kText).value()), inputs_(random_inputs(program_, rng_)) {}

  // Whatever is chosen where, with however many threads.
  void check_random_placements(const PlaceTable& table, int count) {
    const auto expected = reference_outputs(program_, inputs_);
    for (int i = 0; i < count; ++i) {
      std::vector<int> option;
      for (const auto& row : table.tasks) {
        ASSERT_FALSE(row.empty());
        option.push_back(static_cast<int>(rng_.integer(0, std::ssize(row) - 1)));
      }
      const Placement placement = evaluate_placement(program_, table, option);
      auto executor = ProgramExecutor::prepare(program_, table, placement, kEnough);
      ASSERT_TRUE(executor.ok()) << to_string(executor.error());
      executor->set_inputs(inputs_);
      for (int run = 0; run < 2; ++run) {  // nothing of the first run is left to the second
        ASSERT_TRUE(executor->run().ok());
        EXPECT_LT(worst_error(program_, *executor, expected), 1e-4) << to_text(program_);
      }
    }
  }

  Rng rng_{7};
  Program program_;
  ProgramInputs inputs_;
};

TEST_F(Executor, AnyChoiceOfPrimitivesComputesTheProgram) {
  check_random_placements(table_of(program_, {find_resource("cpu")}, 1), 20);
}

TEST_F(Executor, TensorsAreCopiedToWhereTheyAreRead) {
  const auto resources = resources_here();
  if (resources.size() < 2) GTEST_SKIP() << "no second resource here";
  check_random_placements(table_of(program_, resources, 1), 20);
}

TEST_F(Executor, NewInputsGiveNewOutputs) {
  const PlaceTable table = table_of(program_, {find_resource("cpu")}, 1);
  const Placement first = evaluate_placement(program_, table, {0, 0, 0, 0});
  auto executor = ProgramExecutor::prepare(program_, table, first, kEnough);
  ASSERT_TRUE(executor.ok());
  for (int i = 0; i < 3; ++i) {
    inputs_ = random_inputs(program_, rng_);
    executor->set_inputs(inputs_);
    ASSERT_TRUE(executor->run().ok());
    EXPECT_LT(worst_error(program_, *executor, reference_outputs(program_, inputs_)), 1e-4);
  }
}

TEST_F(Executor, WhatIsNotHereIsRefusedWithItsName) {
  PlaceTable table = table_of(program_, {find_resource("cpu")}, 1);
  const Placement placement = evaluate_placement(program_, table, {0, 0, 0, 0});
  const auto refused = [&](const PlaceTable& t, Bytes memory, const std::string& word) {
    const auto executor = ProgramExecutor::prepare(program_, t, placement, memory);
    ASSERT_FALSE(executor.ok());
    EXPECT_EQ(executor.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(to_string(executor.error()).find(word), std::string::npos)
        << to_string(executor.error());
  };
  PlaceTable other = table;
  other.tasks[1][0].primitive = "no-such-primitive";
  refused(other, kEnough, "no-such-primitive");
  other = table;
  other.resources[0].name = "cuda:17";
  refused(other, kEnough, "cuda:17");
  refused(table, Bytes{1000}, "--memory");
}

TEST_F(Executor, TheMemoryIsThatOfTensorsAndScratch) {
  const PlaceTable table = table_of(program_, {find_resource("cpu")}, 1);
  const Placement placement = evaluate_placement(program_, table, {0, 0, 0, 0});
  const auto executor = ProgramExecutor::prepare(program_, table, placement, kEnough);
  ASSERT_TRUE(executor.ok());
  int64_t tensors = 0;
  for (const Tensor& tensor : program_.tensors) tensors += tensor.bytes().value;
  EXPECT_GE(executor->memory().value, tensors);
  EXPECT_LE(executor->memory().value, kEnough.value);
  const auto again = ProgramExecutor::prepare(program_, table, placement, executor->memory());
  EXPECT_TRUE(again.ok());
}

}  // namespace
}  // namespace kernwise
