// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "kernwise/learn/device_model.h"
#include "kernwise/learn/features.h"
#include "place_costs.h"
#include "recorded_models.h"

namespace kernwise {
namespace detail {
namespace {

using Site = std::pair<int, int>;  // resource, threads

// As if a device had been measured; there are no revisions of what is recorded.
Measurement measurement_of(const RecordedTime& row) {
  Measurement m;
  m.key.problem = row.problem;
  m.key.primitive = row.primitive;
  m.key.threads = row.threads;
  m.median_s = row.time_s;
  m.runs_s = {row.time_s};
  m.grade = 'A';
  return m;
}

// Options of one task on one site, of the primitives that are recorded for it.
void add_predictions(const Problem& problem, const std::set<std::string>& primitives,
                     const DeviceModel& device, int resource, int threads,
                     std::vector<PlaceOption>& row, std::vector<std::string>& warnings) {
  const auto found = device.models.find(problem.kind());
  if (found == device.models.end()) return;
  const PerformanceModel& model = found->second;
  std::vector<double> features(model.schema().features.size());
  if (!compute_features(problem, threads, features).ok()) return;
  std::vector<double> logs(model.outputs().size());
  PerformanceModel::Workspace floats;
  model.predict_logs(features, logs, floats);
  if (!model.in_range(features)) {
    warnings.push_back(fmt::format("{} lies outside of what was recorded of {}", to_string(problem),
                                   device.card.resource));
  }
  for (std::size_t i = 0; i < model.outputs().size(); ++i) {
    const std::string primitive = model.outputs()[i].substr(0, model.outputs()[i].rfind('@'));
    if (!primitives.contains(primitive) || !std::isfinite(logs[i])) continue;
    const PerformanceModel::Estimate estimate = model.candidate(i, logs[i]);
    row.push_back({primitive, resource, threads, estimate.time_s, estimate.low_s, estimate.high_s,
                   "predicted"});
  }
}

}  // namespace

PlaceTable learned_place_table(const Program& program, const RecordedCosts& costs,
                               const RecordedModels& models, std::vector<std::string>& warnings) {
  std::set<std::string> asked;
  for (const Task& task : program.tasks) asked.insert(to_string(task.problem));
  std::map<Site, std::map<std::string, std::set<std::string>>> primitives;  // by problem
  for (const RecordedTime& row : costs.times) {
    if (!asked.contains(row.problem)) continue;
    primitives[{row.resource, row.threads}][row.problem].insert(row.primitive);
  }
  PlaceTable table{costs.resources, std::vector<std::vector<PlaceOption>>(program.tasks.size())};
  for (const auto& [site, model] : models.of) {
    const auto& [resource, threads] = site;
    for (std::size_t i = 0; i < program.tasks.size(); ++i) {
      const Problem& problem = program.tasks[i].problem;
      add_predictions(problem, primitives[site][to_string(problem)], model, resource, threads,
                      table.tasks[i], warnings);
    }
  }
  return table;
}

}  // namespace detail

Result<std::shared_ptr<const RecordedModels>> learn_recorded(const RecordedCosts& costs,
                                                             const std::vector<Program>& programs,
                                                             uint64_t seed) {
  RecordedModels models;
  std::set<std::string> kinds;
  for (const Program& program : programs) {
    for (const Task& task : program.tasks) {
      models.held_out.insert(to_string(task.problem));
      kinds.insert(std::string(to_string(task.problem.kind())));
    }
  }
  std::map<detail::Site, std::vector<Measurement>> training;
  for (const RecordedTime& row : costs.times) {
    const bool wanted = kinds.contains(row.problem.substr(0, row.problem.find(':')));
    if (!wanted || models.held_out.contains(row.problem)) continue;
    training[{row.resource, row.threads}].push_back(detail::measurement_of(row));
  }
  for (const auto& [site, measurements] : training) {
    DeviceModelCard card;
    card.resource = costs.resources[static_cast<std::size_t>(site.first)].name;
    card.threads = site.second;
    KERNWISE_ASSIGN(DeviceFit fit,
                    fit_device_model(measurements, card, RegressorKind::kMlpTiny, seed));
    models.of.emplace(site, std::move(fit.model));
  }
  return std::make_shared<const RecordedModels>(std::move(models));
}

}  // namespace kernwise
