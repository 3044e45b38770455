// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "place_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "kernwise/learn/device_model.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/profile/protocol.h"
#include "kernwise/workflow/costs.h"
#include "kernwise/workflow/predicted_costs.h"

namespace kernwise::detail {
namespace {

std::vector<Problem> problems_of(const Program& program) {
  std::set<Problem> problems;
  for (const Task& task : program.tasks) problems.insert(task.problem);
  return {problems.begin(), problems.end()};
}

std::vector<std::string> names_of(const std::vector<Problem>& problems) {
  std::vector<std::string> names;
  for (const Problem& problem : problems) names.push_back(to_string(problem));
  return names;
}

// Matrices lie row by row everywhere; nothing transforms layouts between kernels of a program.
bool takes_rows(const PrimitiveInfo& info, const Problem& problem) {
  for (int i = 0; i < input_count(problem); ++i) {
    if (!same_bytes(input_shape(problem, i), Layout::kNchw, info.in)) return false;
  }
  return same_bytes(output_shape(problem), Layout::kNchw, info.out);
}

// What is known of one site, added to the rows of all tasks.
void add_options(const Program& program, const std::vector<KnownCost>& costs,
                 const PlaceSites::Site& site, const PlaceRequest& request, PlaceTable& table) {
  std::map<std::string_view, std::vector<const KnownCost*>> by_problem;
  for (const KnownCost& cost : costs) by_problem[cost.problem].push_back(&cost);
  for (std::size_t i = 0; i < program.tasks.size(); ++i) {
    const Problem& problem = program.tasks[i].problem;
    const auto found = by_problem.find(to_string(problem));
    if (found == by_problem.end()) continue;
    for (const KnownCost* cost : found->second) {
      if (!may_place(*cost, problem, request)) continue;
      table.tasks[i].push_back({cost->primitive, site.resource, site.execution.threads,
                                cost->time_s, cost->low_s, cost->high_s, cost->provenance});
    }
  }
}

PlaceTable empty_table(const Program& program, const PlaceSites& sites) {
  return {sites.resources, std::vector<std::vector<PlaceOption>>(program.tasks.size())};
}

std::string name_of(const PlaceSites::Site& site) {
  return site.execution.resource == "cpu"
             ? fmt::format("cpu with {} thread(s)", site.execution.threads)
             : site.execution.resource;
}

// Only the kinds that the program has: fitting takes seconds for each. The program's own problems
// are left out, so that what is called predicted is, whatever has been measured to judge it.
std::vector<Measurement> of_kinds(std::vector<Measurement> measurements, const Program& program) {
  std::set<std::string> kinds, own;
  for (const Task& task : program.tasks) {
    kinds.insert(std::string(to_string(task.problem.kind())));
    own.insert(to_string(task.problem));
  }
  std::erase_if(measurements, [&](const Measurement& m) {
    return own.contains(m.key.problem) ||
           !kinds.contains(m.key.problem.substr(0, m.key.problem.find(':')));
  });
  return measurements;
}

// The model of a site: one of the files, or fitted now. kInvalidInput if there is none.
Result<DeviceModel> model_of(const Program& program, const PlaceSites::Site& site,
                             const PlaceRequest& request, const std::vector<DeviceModel>& given,
                             const Store& store) {
  for (const DeviceModel& model : given) {
    if (model.card.resource != site.execution.resource ||
        model.card.threads != site.execution.threads) {
      continue;
    }
    if (model.card.protocol != kWarmProtocol) {
      return unsupported("the model of " + name_of(site) + " was fitted to measurements by " +
                             model.card.protocol + "; kernels of programs are measured by " +
                             std::string(kWarmProtocol),
                         "measure with 'kernwise profile --warm-weights' and fit to that");
    }
    return model;
  }
  if (!given.empty()) return invalid_input("none of the models is of it");
  const MeasurementKey key = key_template(describe_this_device(), profile_options(site));
  KERNWISE_ASSIGN(std::vector<Measurement> known, combined_measurements(store, key, {}));
  DeviceModelCard card = card_of_this_device(site.execution.threads, key.protocol);
  card.resource = site.execution.resource;
  KERNWISE_ASSIGN(DeviceFit fit, fit_device_model(of_kinds(std::move(known), program), card,
                                                  RegressorKind::kMlpTiny, request.seed));
  return std::move(fit.model);
}

}  // namespace

ProfileOptions profile_options(const PlaceSites::Site& site) {
  ProfileOptions options;
  options.execution = site.execution;
  options.warm_weights = true;
  return options;
}

bool may_place(const KnownCost& cost, const Problem& problem, const PlaceRequest& request) {
  const auto* pool = problem.as<PoolProblem>();
  const bool plane = pool != nullptr && pool->kind == PoolKind::kMax && pool->n * pool->c == 1;
  if (!plane && problem.as<GemmProblem>() == nullptr && problem.as<GemvProblem>() == nullptr &&
      problem.as<MatconvProblem>() == nullptr) {
    return false;
  }
  const Primitive* primitive = find_primitive(cost.primitive);
  if (primitive == nullptr || primitive->info().revision != cost.revision) return false;
  const auto& only = request.primitives;
  const bool named =
      only.empty() || std::find(only.begin(), only.end(), cost.primitive) != only.end();
  return named && takes_rows(primitive->info(), problem);
}

Result<PlaceTable> measured_place_table(const Program& program, const PlaceSites& sites,
                                        const PlaceRequest& request, Store& store,
                                        Progress& progress, const StopFlag& stop,
                                        std::vector<std::string>& warnings) {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<Problem> problems = problems_of(program);
  const Device device = device_of(request.recorded);
  PlaceTable table = empty_table(program, sites);
  for (std::size_t i = 0; i < sites.sites.size(); ++i) {
    const PlaceSites::Site& site = sites.sites[i];
    ProfileOptions options = profile_options(site);
    options.primitives = request.primitives;
    options.seed = request.seed;
    // What the others leave is shared by those that are still to come.
    const double spent =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    options.budget = Seconds{std::max(0.0, request.budget.value - spent) /
                             static_cast<double>(sites.sites.size() - i)};
    const MeasurementKey key = key_of(request.recorded, options);
    KERNWISE_ASSIGN(std::vector<Measurement> known,
                    combined_measurements(store, key, names_of(problems)));
    if (request.recorded) {
      KERNWISE_TRY(check_recorded(*request.recorded, key, known, problems));
      std::vector<KnownCost> costs = known_costs(known);
      for (KnownCost& cost : costs) cost.provenance = "recorded";
      add_options(program, costs, site, request, table);
      continue;
    }
    const bool complete = profile_complete(known, problems, key, site.execution);
    if (!complete && request.budget.value > 0) {
      MachineContext context = describe_context();
      context.libraries = session_library_versions(site.execution.resource);
      KERNWISE_ASSIGN(const ProfileSummary summary,
                      profile(problems, device, context, options, store, progress, stop));
      if (summary.unmeasured > 0) {
        warnings.push_back(fmt::format(
            "{}: the time allowed measured {} of {} options; --budget "
            "gives more",
            name_of(site), summary.candidates - summary.unmeasured, summary.candidates));
      }
      KERNWISE_ASSIGN(known, combined_measurements(store, key, names_of(problems)));
    }
    add_options(program, known_costs(known), site, request, table);
  }
  return table;
}

Result<PlaceTable> predicted_place_table(const Program& program, const PlaceSites& sites,
                                         const PlaceRequest& request, const Store& store,
                                         Progress& progress, std::vector<std::string>& warnings) {
  std::vector<DeviceModel> given;
  for (const auto& file : request.models) {
    KERNWISE_ASSIGN(DeviceModel model, DeviceModel::load(file));
    given.push_back(std::move(model));
  }
  const std::vector<Problem> problems = problems_of(program);
  PlaceTable table = empty_table(program, sites);
  for (const PlaceSites::Site& site : sites.sites) {
    progress.update("Fitting", 0, name_of(site));
    auto model = model_of(program, site, request, given, store);
    if (!model.ok()) {
      if (model.error().code != ErrorCode::kInvalidInput) return std::move(model).error();
      warnings.push_back(fmt::format("{} is left out: {}", name_of(site), model.error().message));
      continue;
    }
    std::vector<KnownCost> costs;
    std::set<std::string> unknown;
    for (PredictedProblem& predicted : predict_problems(problems, *model, site.execution)) {
      if (!predicted.reason.empty()) {
        warnings.push_back(fmt::format("{} does not predict {}: {}", name_of(site),
                                       predicted.problem, predicted.reason));
      }
      if (predicted.reason.empty()) {
        unknown.insert(predicted.unmodelled.begin(), predicted.unmodelled.end());
      }
      costs.insert(costs.end(), predicted.costs.begin(), predicted.costs.end());
    }
    if (!unknown.empty()) {
      warnings.push_back(fmt::format("the model of {} does not know {}: left out of the choice",
                                     name_of(site), fmt::join(unknown, ", ")));
    }
    add_options(program, costs, site, request, table);
  }
  return table;
}

}  // namespace kernwise::detail
