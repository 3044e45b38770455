// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "point_inputs.h"

#include <span>

namespace kernwise::nnc {

Status add_inputs(const Problem& problem, int threads, WorkTerm term, Combination& to) {
  to.schema = feature_schema(problem.kind());
  const std::size_t at = to.x.size();
  to.x.resize(at + to.inputs());
  KERNWISE_TRY(compute_features(problem, threads, std::span(to.x).subspan(at)));
  to.work.push_back(work(problem, term));
  return Ok{};
}

}  // namespace kernwise::nnc
