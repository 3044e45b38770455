// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Random PBQPs and the two ways to know their optimum without a solver: trying every assignment,
// and dynamic programming along a narrow band.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/select/pbqp.h"

namespace kernwise {

enum class CostKind {
  kUniform,     // [0, 1)
  kFewLevels,   // 0, 1, 2: many equal assignments
  kMagnitudes,  // 10^-6 to 10^6
  kSigned,      // [-1, 1)
};

struct RandomPbqp {
  int nodes = 5;
  int max_options = 4;
  bool same_options = false;  // all nodes have max_options
  double density = 0.5;       // probability of an edge
  double forbidden = 0;       // probability that an entry is infinite
  CostKind costs = CostKind::kUniform;
};

PbqpProblem random_pbqp(Rng& rng, const RandomPbqp& shape);
// Edges between nodes whose numbers differ by one or two.
PbqpProblem random_band(Rng& rng, int nodes, int options);
// As the layers of a network see it: between two nodes that agree on a format the edge is free.
PbqpProblem random_formats(Rng& rng, int nodes, int options, int formats, double density);

// Least cost over all assignments; nothing if all are infinite.
std::optional<double> brute_force(const PbqpProblem& problem);
// Least cost of a band problem, by dynamic programming over the choices of two adjacent nodes.
double band_optimum(const PbqpProblem& problem);

// "1.5 0.25 | 0-1: 0 inf ..." for the message of a failed property.
std::string describe(const PbqpProblem& problem);

}  // namespace kernwise
