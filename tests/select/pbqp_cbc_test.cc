// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The solver against CBC, an independent exact solver, on problems too large to try all
// assignments. As a linear program with binaries: x(v, i) says that node v takes option i,
// y(e, i, j) that both ends of edge e do; sum_j y(e, i, j) = x(a, i), sum_i y(e, i, j) = x(b, j).
#include <coin/Cbc_C_Interface.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "kernwise/select/pbqp.h"
#include "pbqp_fixtures.h"

namespace kernwise {
namespace {

// Columns of a linear program, as CBC wants them.
struct Columns {
  std::vector<CoinBigIndex> start = {0};
  std::vector<int> row;
  std::vector<double> coefficient, cost, upper;

  void add(double column_cost, const std::vector<std::pair<int, double>>& entries) {
    for (const auto& [r, c] : entries) {
      row.push_back(r);
      coefficient.push_back(c);
    }
    start.push_back(static_cast<CoinBigIndex>(row.size()));
    // CBC takes no infinite cost; a forbidden column is held at zero.
    cost.push_back(column_cost == kForbidden ? 0 : column_cost);
    upper.push_back(column_cost == kForbidden ? 0 : 1);
  }
};

struct Outcome {
  bool feasible = false;
  double cost = 0;
};

Outcome solve_by_cbc(const PbqpProblem& problem) {
  // Rows: one per node (sum of x is 1), then per edge one per option of a and of b.
  int rows = static_cast<int>(problem.nodes.size());
  std::vector<std::vector<int>> first_rows(problem.nodes.size());  // of each node's edges
  std::vector<std::pair<int, int>> edge_rows;
  for (const PbqpEdge& edge : problem.edges) {
    const int row_a = rows;
    const int row_b = row_a + static_cast<int>(problem.nodes[edge.a].size());
    rows = row_b + static_cast<int>(problem.nodes[edge.b].size());
    first_rows[edge.a].push_back(row_a);
    first_rows[edge.b].push_back(row_b);
    edge_rows.push_back({row_a, row_b});
  }
  Columns columns;
  std::size_t binaries = 0;
  for (std::size_t v = 0; v < problem.nodes.size(); ++v) {
    for (std::size_t i = 0; i < problem.nodes[v].size(); ++i, ++binaries) {
      std::vector<std::pair<int, double>> entries = {{static_cast<int>(v), 1.0}};
      for (const int first : first_rows[v]) entries.push_back({first + static_cast<int>(i), -1.0});
      columns.add(problem.nodes[v][i], entries);
    }
  }
  for (std::size_t e = 0; e < problem.edges.size(); ++e) {
    const PbqpEdge& edge = problem.edges[e];
    const std::size_t width = problem.nodes[edge.b].size();
    for (std::size_t k = 0; k < edge.cost.size(); ++k) {
      columns.add(edge.cost[k], {{edge_rows[e].first + static_cast<int>(k / width), 1.0},
                                 {edge_rows[e].second + static_cast<int>(k % width), 1.0}});
    }
  }
  std::vector<double> right(static_cast<std::size_t>(rows), 0.0);
  std::fill_n(right.begin(), problem.nodes.size(), 1.0);
  const std::vector<double> lower(columns.cost.size(), 0.0);

  Cbc_Model* model = Cbc_newModel();
  Cbc_setParameter(model, "logLevel", "0");
  Cbc_setParameter(model, "allowableGap", "0");
  Cbc_setParameter(model, "ratioGap", "0");
  Cbc_loadProblem(model, static_cast<int>(columns.cost.size()), rows, columns.start.data(),
                  columns.row.data(), columns.coefficient.data(), lower.data(),
                  columns.upper.data(), columns.cost.data(), right.data(), right.data());
  for (std::size_t k = 0; k < binaries; ++k) Cbc_setInteger(model, static_cast<int>(k));
  Cbc_solve(model);
  Outcome outcome;
  outcome.feasible = Cbc_isProvenOptimal(model) != 0;
  if (outcome.feasible) outcome.cost = Cbc_getObjValue(model);
  Cbc_deleteModel(model);
  return outcome;
}

void expect_same_optimum(const PbqpProblem& problem, const std::string& what) {
  SCOPED_TRACE(what);
  const Outcome expected = solve_by_cbc(problem);
  const Result<PbqpSolution> solved = solve_pbqp(problem);
  ASSERT_EQ(solved.ok(), expected.feasible);
  if (!solved.ok()) return;
  EXPECT_TRUE(solved->optimal);
  EXPECT_NEAR(solved->cost, expected.cost, 1e-6);  // CBC's own tolerance
}

// Costs without structure are hard for CBC's relaxation, hence the sizes.
TEST(PbqpCbcTest, RandomCosts) {
  Rng rng(11);
  for (int trial = 0; trial < 4; ++trial) {
    expect_same_optimum(random_pbqp(rng, {.nodes = 14,
                                          .max_options = 6,
                                          .same_options = true,
                                          .density = 0.25,
                                          .forbidden = 0.1 * trial}),
                        "trial " + std::to_string(trial));
  }
}

// Chain plus far edges: no reduction removes the core.
TEST(PbqpCbcTest, ThirtyNodesThatAgreeOnFormats) {
  Rng rng(13);
  for (int trial = 0; trial < 3; ++trial) {
    expect_same_optimum(random_formats(rng, 30, 12, 4, 0.12), "trial " + std::to_string(trial));
  }
}

TEST(PbqpCbcTest, ACompleteGraphOfFormats) {
  Rng rng(17);
  expect_same_optimum(random_formats(rng, 14, 8, 4, 1.0), "14 nodes");
}

TEST(PbqpCbcTest, ProblemsThatAreMostlyForbidden) {
  Rng rng(23);
  for (int trial = 0; trial < 6; ++trial) {
    expect_same_optimum(random_pbqp(rng, {.nodes = 10,
                                          .max_options = 4,
                                          .same_options = true,
                                          .density = 0.5,
                                          .forbidden = 0.35}),
                        "trial " + std::to_string(trial));
  }
}

}  // namespace
}  // namespace kernwise
