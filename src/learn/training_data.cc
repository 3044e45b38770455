// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/training_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace kernwise {
namespace {

std::array<int64_t, 4> group_key(const Problem& problem) {
  if (const auto* conv = problem.as<ConvProblem>()) {
    return {conv->ic, conv->oc, conv->ih, conv->iw};
  }
  const Shape4 shape = output_shape(problem);
  return {shape.n, shape.c, shape.h, shape.w};
}

}  // namespace

std::string output_name(const Problem& problem, std::string_view primitive, int revision) {
  if (const auto* transform = problem.as<TransformProblem>()) {
    return fmt::format("{}@{}:{}-{}", primitive, revision, to_string(transform->from),
                       to_string(transform->to));
  }
  return fmt::format("{}@{}", primitive, revision);
}

TrainingData training_data(ProblemKind kind, const std::vector<Measurement>& measurements,
                           int threads) {
  return training_data(feature_schema(kind), kind, measurements, threads);
}

TrainingData training_data(const FeatureSchema& schema, ProblemKind kind,
                           const std::vector<Measurement>& measurements, int threads) {
  // What differs in layouts only is one row: layouts are outputs.
  struct Row {
    Problem problem;
    std::string text;
    std::map<std::string, double> times;
  };
  std::map<std::string, Row> rows;
  std::set<std::string> names;
  const std::string prefix = std::string(to_string(kind)) + ":";
  for (const Measurement& m : measurements) {
    if (m.status != MeasurementStatus::kOk || !m.key.problem.starts_with(prefix)) continue;
    if (drifted(m.reference_drift) || !(m.median_s > 0)) continue;
    const Result<Problem> problem = parse_problem(m.key.problem);
    if (!problem.ok() || problem->kind() != kind) continue;
    std::string identity = m.key.problem;
    if (const auto* transform = problem->as<TransformProblem>()) {
      const Shape4& s = transform->shape;
      identity = fmt::format("n{}c{}h{}w{}", s.n, s.c, s.h, s.w);
    }
    Row& row = rows.try_emplace(identity, Row{*problem, m.key.problem, {}}).first->second;
    const std::string name = output_name(*problem, m.key.primitive, m.key.revision);
    row.times[name] = m.median_s;
    names.insert(name);
  }
  TrainingData data;
  data.samples.schema = schema;
  data.samples.outputs.assign(names.begin(), names.end());
  std::map<std::array<int64_t, 4>, int> groups;
  const std::size_t width = names.size(), inputs = data.samples.schema.features.size();
  std::vector<double> features(inputs);
  for (const auto& [identity, row] : rows) {
    if (!compute_features(row.problem, threads, features).ok()) continue;
    data.samples.x.insert(data.samples.x.end(), features.begin(), features.end());
    std::size_t p = data.samples.y.size();
    data.samples.y.resize(p + width, std::numeric_limits<double>::quiet_NaN());
    for (const std::string& name : data.samples.outputs) {
      const auto found = row.times.find(name);
      if (found != row.times.end()) data.samples.y[p] = std::log(found->second);
      ++p;
    }
    const auto next = static_cast<int>(groups.size());
    data.samples.group.push_back(groups.emplace(group_key(row.problem), next).first->second);
    data.problems.push_back(row.text);
  }
  return data;
}

}  // namespace kernwise
