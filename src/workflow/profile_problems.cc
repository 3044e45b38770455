// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/profile_problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "kernwise/base/format.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/primitives/resource.h"
#include "kernwise/profile/sampling.h"
#include "kernwise/workflow/load.h"

namespace kernwise {
namespace {

Result<std::vector<Problem>> wanted_problems(const ProfileRequest& request) {
  std::vector<Problem> problems;
  std::set<Problem> seen;
  const auto add = [&](const Problem& problem) {
    if (seen.insert(problem).second) problems.push_back(problem);
  };
  for (const Problem& problem : request.problems) {
    auto valid = validate(problem);
    if (!valid.ok()) return std::move(valid).error().within(to_string(problem));
    add(problem);
  }
  for (const std::filesystem::path& path : request.networks) {
    KERNWISE_ASSIGN(const LoadedModel model, load_model(path, request.onnx));
    for (const Problem& problem : problems_of(model.graph)) add(problem);
  }
  if (request.around > 0) {
    Rng rng(request.options.seed);
    const std::vector<Problem> drawn = problems_around(problems, request.around, rng);
    if (drawn.empty()) {
      return invalid_input("--around needs a convolution to draw around",
                           "name a network with --network, or a convolution with --problem");
    }
    for (const Problem& problem : drawn) add(problem);
  }
  return problems;
}

// Sorts by usefulness to a reader: what was measured, by time, then what could not be.
std::pair<int, double> rank(const Measurement& m) {
  return {static_cast<int>(m.status == MeasurementStatus::kOk       ? 0
                           : m.status == MeasurementStatus::kFailed ? 1
                                                                    : 2),
          m.median_s};
}

std::vector<std::string> warnings_of(const ProfileSummary& summary, Seconds budget) {
  std::vector<std::string> warnings;
  if (summary.unmeasured > 0) {
    warnings.push_back(
        fmt::format("the budget of {} left {} of {} candidates unmeasured. Run the "
                    "same command again to go on, or raise --budget",
                    format_seconds(budget), summary.unmeasured, summary.candidates));
  }
  if (summary.worst_drift > 0.1) {
    warnings.push_back(
        fmt::format("the machine's speed drifted by up to {} while measuring (see 'kernwise "
                    "doctor')",
                    format_percent(summary.worst_drift)));
  }
  return warnings;
}

std::vector<std::string> names_of(const std::vector<Problem>& problems) {
  std::vector<std::string> names;
  for (const Problem& problem : problems) names.push_back(to_string(problem));
  return names;
}

void describe(const std::vector<Problem>& problems, std::vector<Measurement> rows,
              ProfileOutcome& out) {
  std::map<std::string, std::size_t> index;
  for (const Problem& problem : problems) {
    index[to_string(problem)] = out.problems.size();
    out.problems.push_back({problem, {}});
  }
  for (Measurement& m : rows) {
    const auto found = index.find(m.key.problem);
    if (found != index.end()) out.problems[found->second].measurements.push_back(std::move(m));
  }
  for (ProfiledProblem& problem : out.problems) {
    std::ranges::stable_sort(problem.measurements, {}, rank);
  }
}

Status replay(const RecordedDevice& recorded, const std::vector<Problem>& problems,
              const ProfileOptions& options, ProfileOutcome& out) {
  KERNWISE_ASSIGN(const auto store, open_store(recorded.store, StoreMode::kReadOnly));
  out.store = store->location();
  const MeasurementKey key = key_of(recorded, options);
  KERNWISE_ASSIGN(std::vector<Measurement> rows,
                  combined_measurements(*store, key, names_of(problems)));
  KERNWISE_TRY(check_recorded(recorded, key, rows, problems));
  if (!options.primitives.empty()) {
    std::erase_if(rows, [&](const Measurement& m) {
      return std::ranges::find(options.primitives, m.key.primitive) == options.primitives.end();
    });
  }
  out.summary.problems = static_cast<int>(problems.size());
  for (const Measurement& m : rows) {
    out.summary.candidates += static_cast<int>(m.status != MeasurementStatus::kRefused);
    out.summary.refused += static_cast<int>(m.status == MeasurementStatus::kRefused);
    out.summary.failed += static_cast<int>(m.status == MeasurementStatus::kFailed);
  }
  out.summary.complete = true;
  out.summary.rounds_completed = out.summary.rounds;
  out.warnings.push_back(notice_of(recorded));
  describe(problems, std::move(rows), out);
  return Ok{};
}

}  // namespace

Result<ProfileOutcome> profile_problems(const ProfileRequest& request, Progress& progress,
                                        const StopFlag& stop) {
  ProfileOutcome out;
  for (const std::string& id : request.options.primitives) {
    if (find_primitive(id) == nullptr) {
      return invalid_input("there is no primitive '" + id + "'",
                           "'kernwise list primitives' names them all");
    }
  }
  KERNWISE_ASSIGN(const std::vector<Problem> problems, wanted_problems(request));
  if (problems.empty()) {
    return invalid_input("there is nothing to profile",
                         "name a model with --network or a problem "
                         "with --problem");
  }
  if (request.recorded) {
    KERNWISE_TRY(replay(*request.recorded, problems, request.options, out));
    return out;
  }
  const std::filesystem::path path = request.store.empty() ? default_store_path() : request.store;
  KERNWISE_ASSIGN(const std::unique_ptr<Store> store, open_store(path, StoreMode::kReadWrite));
  out.store = store->location();
  // Before binding: the threads of a driver that starts now would inherit it.
  const std::string& name = request.options.execution.resource;
  const Resource* resource = find_resource(name);
  if (resource == nullptr) {
    return invalid_input("there is no resource '" + name + "' here",
                         "'kernwise list resources' shows what there is");
  }
  if (!resource->refusal().empty()) return unsupported(resource->refusal()).within(name);
  if (pin_to_cpus(request.options.execution.threads).empty()) {
    out.warnings.push_back("the process could not be bound to processors; timings are noisier");
  }
  const Device device = describe_this_device();
  const MeasurementKey key = key_template(device, request.options);
  MachineContext context = describe_context();
  context.libraries = session_library_versions(request.options.execution.resource);
  KERNWISE_ASSIGN(out.summary,
                  profile(problems, device, context, request.options, *store, progress, stop));
  for (std::string& warning : warnings_of(out.summary, request.options.budget)) {
    out.warnings.push_back(std::move(warning));
  }

  KERNWISE_ASSIGN(std::vector<Measurement> rows,
                  combined_measurements(*store, key, names_of(problems)));
  describe(problems, std::move(rows), out);
  return out;
}

}  // namespace kernwise
