// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "kernwise/primitives/registry.h"
#include "kernwise/primitives/resource.h"
#include "kernwise/profile/profiler.h"
#include "kernwise/profile/protocol.h"
#include "kernwise/workflow/load.h"
#include "kernwise/workflow/worker.h"

namespace kernwise {
namespace {

Status check_primitives(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (find_primitive(id) == nullptr) {
      return invalid_input("there is no primitive '" + id + "'",
                           "'kernwise list primitives' names them all");
    }
  }
  return Ok{};
}

}  // namespace

Result<JobResult> profile_job(const JobLease& lease, const Store& known, Progress& progress,
                              const StopFlag& stop) {
  std::vector<Problem> problems;
  for (const std::string& text : lease.work.problems) {
    KERNWISE_ASSIGN(Problem problem, parse_problem(text));
    auto valid = validate(problem);
    if (!valid.ok()) return std::move(valid).error().within(text);
    problems.push_back(std::move(problem));
  }
  KERNWISE_TRY(check_primitives(lease.work.primitives));
  ProfileOptions options;
  options.execution.threads = lease.needs.threads;
  options.warm_weights = lease.needs.protocol == kWarmProtocol;
  options.budget = lease.work.budget;
  options.primitives = lease.work.primitives;
  options.every_candidate = lease.work.every_candidate;
  options.seed = lease.work.seed;

  const Device device = describe_this_device();
  const MeasurementKey key = key_template(device, options);
  MachineContext context = describe_context();
  context.libraries = session_library_versions(options.execution.resource);
  KERNWISE_ASSIGN(std::vector<Measurement> rows, known.query({.device = key.device,
                                                              .problems = lease.work.problems,
                                                              .threads = key.threads,
                                                              .protocol = key.protocol,
                                                              .libraries = key.libraries}));
  BufferedStore store(std::move(rows));
  KERNWISE_ASSIGN(const ProfileSummary summary,
                  profile(problems, device, context, options, store, progress, stop));
  JobResult result;
  result.measured = store.take();
  const nlohmann::ordered_json json = {{"device", device.fingerprint},
                                       {"libraries", key.libraries},
                                       {"candidates", summary.candidates},
                                       {"refused", summary.refused},
                                       {"failed", summary.failed},
                                       {"unmeasured", summary.unmeasured},
                                       {"runs", summary.runs},
                                       {"complete", summary.complete},
                                       {"spent_s", summary.spent.value}};
  result.summary = json.dump();
  return result;
}

Result<WorkerOutcome> work_on_jobs(const WorkerOptions& options, Progress& progress,
                                   const StopFlag& stop) {
  {  // waits for a server that starts, and makes the tables of a new database
    KERNWISE_ASSIGN(const auto queue, open_jobs(options.store, options.patience, &stop));
  }
  KERNWISE_ASSIGN(const auto known, open_store(options.store, StoreMode::kReadOnly));
  bool bound = false;
  const auto runner = [&](const JobLease& lease, const StopFlag& flag) {
    if (!bound && pin_to_cpus(options.threads).empty()) {
      progress.warn("the process could not be bound to processors; timings are noisier");
    }
    bound = true;
    return profile_job(lease, *known, progress, flag);
  };
  return run_worker(options, ability_of_this_machine(options), runner, progress, stop);
}

Result<std::vector<NewJob>> jobs_for(const JobsRequest& request) {
  KERNWISE_TRY(check_primitives(request.work.primitives));
  std::vector<std::string> names;
  std::set<std::string> seen;
  const auto add = [&](const Problem& problem) {
    std::string name = to_string(problem);
    if (seen.insert(name).second) names.push_back(std::move(name));
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
  if (names.empty()) {
    return invalid_input("there is nothing to measure", "name a model with --network, or problems");
  }
  std::vector<NewJob> jobs;
  for (std::size_t at = 0; at < names.size(); at += static_cast<std::size_t>(request.per_job)) {
    const std::size_t end = std::min(names.size(), at + static_cast<std::size_t>(request.per_job));
    NewJob job{request.needs, request.work, request.most_attempts};
    job.needs.protocol = request.warm_weights ? kWarmProtocol : kColdProtocol;
    job.work.problems.assign(names.begin() + static_cast<std::ptrdiff_t>(at),
                             names.begin() + static_cast<std::ptrdiff_t>(end));
    jobs.push_back(std::move(job));
  }
  return jobs;
}

}  // namespace kernwise
