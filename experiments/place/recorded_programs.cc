// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "recorded_programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace kernwise::experiments {
namespace {

constexpr double kLatest = 0.6;  // probability of going on with the latest tensor

struct Known {
  std::string name;
  int64_t rows = 1, columns = 1;
};

std::size_t any_of(std::size_t count, Rng& rng) {
  return static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(count) - 1));
}

}  // namespace

std::vector<GemmProblem> common_products(const RecordedCosts& costs) {
  std::set<int> resources;
  std::map<Problem, std::set<int>> has;
  for (const RecordedTime& time : costs.times) {
    resources.insert(time.resource);
    const Result<Problem> problem = parse_problem(time.problem);
    if (problem.ok() && problem->as<GemmProblem>() != nullptr) {
      has[*problem].insert(time.resource);
    }
  }
  std::vector<GemmProblem> products;
  for (const auto& [problem, where] : has) {
    if (where == resources) products.push_back(*problem.as<GemmProblem>());
  }
  return products;
}

std::string recorded_program(const std::vector<GemmProblem>& products, int kernels, Rng& rng) {
  std::vector<GemmProblem> left = products;
  std::vector<Known> tensors;
  std::string text;
  for (int i = 1; i <= kernels; ++i) {
    if (left.empty()) left = products;
    // Which products take which tensor from before: of the latest one, if luck has it.
    std::vector<std::pair<std::size_t, std::size_t>> fitting;  // product, tensor
    const bool latest = rng.uniform() < kLatest;
    const std::size_t from = latest && !tensors.empty() ? tensors.size() - 1 : 0;
    for (std::size_t p = 0; p < left.size(); ++p) {
      for (std::size_t t = from; t < tensors.size(); ++t) {
        if (left[p].k == tensors[t].rows && left[p].n == tensors[t].columns) {
          fitting.emplace_back(p, t);
        }
      }
    }
    std::size_t chosen = 0;
    std::string operand;
    if (fitting.empty()) {
      chosen = any_of(left.size(), rng);
      operand = fmt::format("X{}", i);
      text += fmt::format("{} = input({}, {})\n", operand, left[chosen].k, left[chosen].n);
    } else {
      const auto [product, tensor] = fitting[any_of(fitting.size(), rng)];
      chosen = product;
      operand = tensors[tensor].name;
    }
    const GemmProblem p = left[chosen];
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(chosen));
    text += fmt::format("W{0} = input({1}, {2})\nT{0} = matmul(W{0}, {3})\n", i, p.m, p.k, operand);
    tensors.push_back({fmt::format("T{}", i), p.m, p.n});
  }
  return text;
}

}  // namespace kernwise::experiments
