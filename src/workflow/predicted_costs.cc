// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/predicted_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

// A prediction's grade says how wide its interval is, on the scale of measurement noise.
char interval_grade(const KnownCost& cost) {
  return grade_of((cost.high_s - cost.low_s) / 2 / cost.time_s);
}

std::unordered_map<std::string, std::size_t> index_of(const std::vector<std::string>& names) {
  std::unordered_map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < names.size(); ++i) index.emplace(names[i], i);
  return index;
}

}  // namespace

std::vector<PredictedProblem> predict_problems(const std::vector<Problem>& problems,
                                               const DeviceModel& device,
                                               const Execution& execution) {
  std::map<ProblemKind, std::unordered_map<std::string, std::size_t>> outputs;
  for (const auto& [kind, model] : device.models) outputs[kind] = index_of(model.outputs());
  std::vector<PredictedProblem> all;
  PerformanceModel::Workspace w;
  std::vector<double> features, logs;
  std::vector<uint8_t> wanted;
  for (const Problem& problem : problems) {
    PredictedProblem& of = all.emplace_back();
    of.problem = to_string(problem);
    const auto found = device.models.find(problem.kind());
    std::vector<std::pair<KnownCost, std::size_t>> known;
    for (const Candidate& candidate : candidates(problem, execution)) {
      const PrimitiveInfo& info = candidate.primitive->info();
      const auto* admitted = std::get_if<Admitted>(&candidate.applicability);
      if (admitted == nullptr || info.view) continue;
      KnownCost cost{.problem = of.problem,
                     .primitive = info.id,
                     .revision = info.revision,
                     .workspace_bytes = admitted->workspace.value,
                     .provenance = "predicted"};
      if (found != device.models.end()) {
        const auto& index = outputs.at(problem.kind());
        const auto at = index.find(output_name(problem, info.id, info.revision));
        if (at != index.end() && found->second.knows(at->second)) {
          known.emplace_back(std::move(cost), at->second);
          continue;
        }
      }
      of.unmodelled.push_back(info.id);
    }
    if (found == device.models.end()) {
      of.reason = fmt::format("the model knows no {}", to_string(problem.kind()));
      continue;
    }
    if (known.empty()) {
      of.reason = "the model knows none of its primitives";
      continue;
    }
    const PerformanceModel& model = found->second;
    features.resize(model.schema().features.size());
    wanted.assign(model.outputs().size(), 0);
    for (const auto& [cost, output] : known) wanted[output] = 1;
    if (!compute_features(problem, device.card.trained_threads, features).ok()) continue;
    if (!model.in_range(features)) {
      of.reason = "it lies outside of what the model was trained on";
      continue;
    }
    logs.resize(wanted.size());
    model.predict_logs(features, logs, w, wanted);
    for (auto& [cost, output] : known) {
      const PerformanceModel::Estimate estimate = model.candidate(output, logs[output]);
      if (!std::isfinite(estimate.high_s)) {  // too few measurements to tell its error
        of.unmodelled.push_back(cost.primitive);
        continue;
      }
      cost.time_s = estimate.time_s;
      cost.low_s = estimate.low_s;
      cost.high_s = estimate.high_s;
      cost.grade = interval_grade(cost);
      of.costs.push_back(std::move(cost));
    }
    if (of.costs.empty()) of.reason = "the model cannot tell how wrong it is there";
  }
  return all;
}

std::vector<KnownCost> roofline_costs(const Problem& problem, const Ceilings& ceilings,
                                      const Execution& execution) {
  const double compute =
      2 * static_cast<double>(macs(problem).value) / (ceilings.peak_gflops * 1e9);
  const double move =
      ceilings.bandwidth_gbps > 0
          ? static_cast<double>(least_traffic(problem).value) / (ceilings.bandwidth_gbps * 1e9)
          : 0;
  std::vector<KnownCost> costs;
  for (const Candidate& candidate : candidates(problem, execution)) {
    const PrimitiveInfo& info = candidate.primitive->info();
    const auto* admitted = std::get_if<Admitted>(&candidate.applicability);
    if (admitted == nullptr || info.view) continue;
    const double time = std::max({compute, move, 1e-9});
    costs.push_back({.problem = to_string(problem),
                     .primitive = info.id,
                     .revision = info.revision,
                     .time_s = time,
                     .low_s = time,
                     .high_s = time,
                     .workspace_bytes = admitted->workspace.value,
                     .grade = 'F',
                     .provenance = "roofline"});
  }
  return costs;
}

DeviceModelCard card_of_this_device(int threads, const std::string& protocol) {
  const Device device = describe_this_device();
  const MachineContext context = describe_context();
  DeviceModelCard card;
  card.device = device.fingerprint;
  card.label = fmt::format("{} ({}{})", device.cpu, to_string(device.isa),
                           device.is_virtual ? ", virtual" : "");
  card.isa = to_string(device.isa);
  card.cores = device.cores;
  card.threads = threads;
  card.protocol = protocol;
  card.libraries = library_versions();
  card.created = context.timestamp;
  card.build = context.build;
  return card;
}

bool model_is_of(const DeviceModelCard& model, const DeviceModelCard& device) {
  return model.device == device.device && model.threads == device.threads &&
         model.libraries == device.libraries && model.protocol == device.protocol;
}

std::map<std::string, std::string> primitive_families() {
  std::map<std::string, std::string> families;
  for (const auto& primitive : all_primitives()) {
    families[primitive->info().id] = primitive->info().family;
  }
  return families;
}

std::filesystem::path shipped_models() {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  for (auto folder = program.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    for (const char* name : {"models", "share/kernwise/models"}) {
      const std::filesystem::path candidate = folder / name;
      if (!std::filesystem::is_directory(candidate, ignored)) continue;
      for (const auto& entry : std::filesystem::directory_iterator(candidate, ignored)) {
        if (entry.path().extension() == ".kwm") return candidate;
      }
    }
  }
  return {};
}

Result<FoundModel> find_model(const std::filesystem::path& path, int threads,
                              const std::string& protocol) {
  if (!path.empty()) {
    KERNWISE_ASSIGN(DeviceModel model, DeviceModel::load(path));
    return FoundModel{path, std::move(model)};
  }
  const std::filesystem::path folder = shipped_models();
  std::vector<std::filesystem::path> files;
  std::error_code ignored;
  if (!folder.empty()) {
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
      if (entry.path().extension() == ".kwm") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<FoundModel> found;
  std::vector<DeviceModelCard> cards;
  for (const auto& file : files) {
    KERNWISE_ASSIGN(DeviceModel model, DeviceModel::load(file));
    if (model.card.protocol != protocol) continue;
    cards.push_back(model.card);
    found.push_back({file, std::move(model)});
  }
  const Device device = describe_this_device();
  const int nearest =
      nearest_model(cards, std::string(to_string(device.isa)), threads, device.cores);
  if (nearest < 0) {
    return invalid_input(fmt::format("no model of protocol {} came with this program", protocol),
                         "name one with --model, make one with 'kernwise fit', or plan with "
                         "--costs measured");
  }
  return std::move(found[static_cast<std::size_t>(nearest)]);
}

}  // namespace kernwise
