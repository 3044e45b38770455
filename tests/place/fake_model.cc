// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "place/fake_model.h"

#include <utility>
#include <variant>

#include "kernwise/learn/device_model.h"
#include "kernwise/primitives/registry.h"

namespace kernwise::test {

Problem pool_problem(int64_t h, int64_t w) {
  PoolProblem pool;
  pool.ih = h, pool.iw = w;
  pool.kh = pool.kw = pool.sh = pool.sw = 2;
  return {pool, {}};
}

std::vector<std::string> pool_primitives() {
  std::vector<std::string> ids;
  for (const Candidate& candidate : candidates(pool_problem(32, 32), {})) {
    const bool admitted = std::holds_alternative<Admitted>(candidate.applicability);
    if (admitted && !candidate.primitive->info().view)
      ids.push_back(candidate.primitive->info().id);
  }
  return ids;
}

DispatchModel fake_model(const std::string& resource, int threads, const TimeOf& time_of) {
  std::vector<Measurement> measurements;
  for (int64_t h = 8; h <= 512; h *= 2) {
    for (int64_t w = 8; w <= 512; w *= 2) {
      for (const std::string& id : pool_primitives()) {
        Measurement m;
        m.key.problem = to_string(pool_problem(h, w));
        m.key.primitive = id;
        m.key.revision = find_primitive(id)->info().revision;
        m.key.threads = threads;
        m.median_s = time_of(id, h, w);
        m.runs_s = {m.median_s};
        measurements.push_back(std::move(m));
      }
    }
  }
  DeviceModelCard card;
  card.resource = resource;
  card.threads = threads;
  DispatchModel model;
  model.model = fit_device_model(measurements, card, RegressorKind::kLinear, 1).value().model;
  return model;
}

}  // namespace kernwise::test
