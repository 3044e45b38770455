// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Choosing for a shape that was asked before allocates nothing: every allocation of this program is
// counted.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/count_allocations.h"
#include "kernwise/place/dispatcher.h"
#include "place/fake_model.h"

namespace kernwise {
namespace {

TEST(DispatcherAllocation, ThereIsNoneAfterTheFirstTime) {
  const auto time_of = [](const std::string&, int64_t h, int64_t w) {
    return 1e-9 * static_cast<double>(h * w);
  };
  std::vector<DispatchModel> models;
  models.push_back(test::fake_model("cpu", 1, time_of));
  models.push_back(test::fake_model("cpu", 2, time_of));
  const Dispatcher dispatcher = Dispatcher::build(std::move(models)).value();
  Dispatcher::Workspace workspace;
  std::vector<Problem> problems;
  for (int64_t i = 0; i < 200; ++i) problems.push_back(test::pool_problem(16 + i, 500 - i));
  for (const Problem& problem : problems) dispatcher.choose(problem, workspace);
  const long before = test::allocations();
  double sum = 0;
  for (int round = 0; round < 10; ++round) {
    for (const Problem& problem : problems) sum += dispatcher.choose(problem, workspace).time_s;
  }
  EXPECT_EQ(test::allocations(), before);
  EXPECT_GT(sum, 0);
}

}  // namespace
}  // namespace kernwise
