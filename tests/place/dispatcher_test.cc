// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/place/dispatcher.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <utility>
#include <vector>

#include "kernwise/base/rng.h"
#include "place/fake_model.h"

namespace kernwise {
namespace {

using test::fake_model;
using test::pool_primitives;
using test::pool_problem;

// The first primitive has an overhead that pays for large planes.
double crossing(const std::string& primitive, int64_t h, int64_t w) {
  const double n = static_cast<double>(h) * static_cast<double>(w);
  if (primitive == pool_primitives()[0]) return 1e-6 * std::sqrt(n);
  if (primitive == pool_primitives()[1]) return 1e-8 * n;
  return 1;
}

Dispatcher crossing_dispatcher() {
  std::vector<DispatchModel> models;
  models.push_back(fake_model("cpu", 1, crossing));
  return Dispatcher::build(std::move(models)).value();
}

TEST(Dispatcher, ChoosesWhatIsPredictedFastestForEachShape) {
  ASSERT_GE(pool_primitives().size(), 2U);
  const Dispatcher dispatcher = crossing_dispatcher();
  Dispatcher::Workspace workspace;
  const DispatchChoice large = dispatcher.choose(pool_problem(512, 512), workspace);
  const DispatchChoice small = dispatcher.choose(pool_problem(16, 16), workspace);
  ASSERT_NE(large.primitive, nullptr);
  ASSERT_NE(small.primitive, nullptr);
  EXPECT_EQ(large.primitive->info().id, pool_primitives()[0]);
  EXPECT_EQ(small.primitive->info().id, pool_primitives()[1]);
  EXPECT_NEAR(large.time_s, 512e-6, 5e-5);
  EXPECT_LE(large.low_s, large.time_s);
  EXPECT_GE(large.high_s, large.time_s);
  EXPECT_TRUE(large.in_range);
  EXPECT_FALSE(dispatcher.choose(pool_problem(5000, 5000), workspace).in_range);
}

TEST(Dispatcher, ARememberedShapeGetsTheSameAnswer) {
  const Dispatcher dispatcher = crossing_dispatcher();
  for (const int shapes : {4, 4096}) {  // the small table forgets most of them
    Dispatcher::Workspace workspace(shapes);
    Rng rng(3);
    std::vector<Problem> problems;
    for (int i = 0; i < 200; ++i) {
      problems.push_back(pool_problem(rng.integer(8, 512), rng.integer(8, 512)));
    }
    for (int round = 0; round < 3; ++round) {
      for (const Problem& problem : problems) {
        const DispatchChoice choice = dispatcher.choose(problem, workspace);
        const DispatchChoice expected = dispatcher.predict(problem, workspace);
        ASSERT_EQ(choice.primitive, expected.primitive) << to_string(problem);
        ASSERT_EQ(choice.time_s, expected.time_s) << to_string(problem);
      }
    }
  }
}

TEST(Dispatcher, TheNumberOfThreadsIsPartOfTheChoice) {
  std::vector<DispatchModel> models;
  models.push_back(fake_model("cpu", 1, [](const std::string&, int64_t h, int64_t w) {
    return 1e-9 * static_cast<double>(h * w);
  }));
  models.push_back(fake_model("cpu", 2, [](const std::string&, int64_t h, int64_t w) {
    return 1e-7 * std::sqrt(static_cast<double>(h * w));
  }));
  const Dispatcher dispatcher = Dispatcher::build(std::move(models)).value();
  Dispatcher::Workspace workspace;
  EXPECT_EQ(dispatcher.threads(dispatcher.choose(pool_problem(16, 16), workspace)), 1);
  EXPECT_EQ(dispatcher.threads(dispatcher.choose(pool_problem(512, 512), workspace)), 2);
}

TEST(Dispatcher, AResourceMustBeWorthItsCopies) {
  const auto linear = [](double factor) {
    return [factor](const std::string&, int64_t h, int64_t w) {
      return factor * static_cast<double>(h * w);
    };
  };
  std::vector<DispatchModel> models;
  models.push_back(fake_model("cpu", 1, linear(1e-8)));
  models.push_back(fake_model("opencl:0", 1, linear(1e-10)));
  models[1].in = models[1].out = {1, 1e9};
  const Dispatcher dispatcher = Dispatcher::build(std::move(models)).value();
  Dispatcher::Workspace workspace;
  const DispatchChoice choice = dispatcher.choose(pool_problem(512, 512), workspace);
  EXPECT_EQ(dispatcher.resource(choice), "cpu");
}

TEST(Dispatcher, OnlyTheNamedPrimitivesAreChosen) {
  const std::string second = pool_primitives()[1];
  std::vector<DispatchModel> models;
  models.push_back(fake_model("cpu", 1, crossing));
  const Dispatcher dispatcher = Dispatcher::build(std::move(models), {second}).value();
  Dispatcher::Workspace workspace;
  EXPECT_EQ(dispatcher.choose(pool_problem(512, 512), workspace).primitive->info().id, second);
}

TEST(Dispatcher, WhatNoModelKnowsHasNoChoice) {
  const Dispatcher dispatcher = crossing_dispatcher();
  Dispatcher::Workspace workspace;
  const Problem conv = parse_problem("conv:ic8ih8oc8kh3ph1").value();
  EXPECT_EQ(dispatcher.choose(conv, workspace).primitive, nullptr);
  EXPECT_EQ(dispatcher.choose(conv, workspace).primitive, nullptr);
}

TEST(Dispatcher, CannotBeBuiltFromNothing) {
  EXPECT_FALSE(Dispatcher::build({}).ok());
  std::vector<DispatchModel> models;
  models.push_back(fake_model("cpu", 1, crossing));
  EXPECT_FALSE(Dispatcher::build(models, {"no-such-primitive"}).ok());
  EXPECT_FALSE(Dispatcher::build(models, {"onednn-direct-nchw-nhwc"}).ok());
  models.push_back(fake_model("opencl:0", 1, crossing));  // and nothing said of its copies
  const auto freely = Dispatcher::build(models);
  ASSERT_FALSE(freely.ok());
  EXPECT_NE(freely.error().message.find("opencl:0"), std::string::npos);
}

TEST(Dispatcher, ServesSeveralThreadsAtOnce) {
  const Dispatcher dispatcher = crossing_dispatcher();
  Dispatcher::Workspace workspace;
  std::vector<Problem> problems;
  std::vector<DispatchChoice> expected;
  for (int64_t i = 0; i < 100; ++i) {
    problems.push_back(pool_problem(8 + 5 * i, 300));
    expected.push_back(dispatcher.predict(problems.back(), workspace));
  }
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      Dispatcher::Workspace own;
      for (int round = 0; round < 5; ++round) {
        for (std::size_t i = 0; i < problems.size(); ++i) {
          wrong[t] += dispatcher.choose(problems[i], own).primitive != expected[i].primitive;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace kernwise
