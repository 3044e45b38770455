// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "point_inputs.h"

#include <cmath>
#include <span>

namespace kernwise::nnc {
namespace {

double log_of(int64_t value) { return std::log(static_cast<double>(value)); }

// A single-channel pooling by its own sizes: the kind's general features are those of networks.
const FeatureSchema& pool_schema() {
  static const FeatureSchema schema = {"pool-plane",
                                       1,
                                       {{"h", 0.35},
                                        {"w", 0.35},
                                        {"r", 0.3},
                                        {"s", 0.3},
                                        {"threads", 0.3},
                                        {"work", 0},
                                        {"bytes", 0}}};
  return schema;
}

}  // namespace

Status add_inputs(const Problem& problem, int threads, WorkTerm term, Combination& to) {
  const PoolProblem* pool = problem.as<PoolProblem>();
  const FeatureSchema& schema = pool != nullptr ? pool_schema() : feature_schema(problem.kind());
  const bool own_term = term != WorkTerm::kOperations;
  if (to.rows() == 0) {
    to.schema = schema;
    if (own_term) {
      to.schema.name += '/';
      to.schema.name += to_string(term);
      to.schema.features.push_back({std::string(to_string(term)), 0});
    }
  }
  if (pool != nullptr) {
    to.x.insert(to.x.end(), {log_of(pool->ih), log_of(pool->iw), log_of(pool->kh), log_of(pool->sh),
                             log_of(threads), std::log(work(problem, WorkTerm::kOperations)),
                             log_of(least_traffic(problem).value)});
  } else {
    const std::size_t at = to.x.size();
    to.x.resize(at + schema.features.size());
    KERNWISE_TRY(compute_features(problem, threads, std::span(to.x).subspan(at)));
  }
  to.work.push_back(work(problem, term));
  if (own_term) to.x.push_back(std::log(to.work.back()));
  return Ok{};
}

}  // namespace kernwise::nnc
