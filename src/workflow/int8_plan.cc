// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "int8_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "kernwise/base/format.h"
#include "kernwise/workflow/costs.h"
#include "selected_plan.h"

namespace kernwise::detail {
namespace {

bool asked_for(const PlanRequest& request, const std::string& primitive) {
  return request.primitives.empty() ||
         std::ranges::find(request.primitives, primitive) != request.primitives.end();
}

// Layers and int8 transforms; transforms between floats have been measured.
Status measure(const Int8Setting& setting, const LayerGraph& graph,
               const std::vector<Problem>& transforms, PlanOutcome& out, Progress& progress,
               const StopFlag& stop) {
  std::vector<Problem> problems = problems_of(graph);
  std::erase_if(problems, [](const Problem& p) { return p.kind() == ProblemKind::kTransform; });
  problems.insert(problems.end(), transforms.begin(), transforms.end());
  ProfileOptions options = setting.profiling;
  options.execution.int8 = true;
  options.pairs = int8_pairs(problems, setting.request.primitives);
  options.primitives.clear();  // the pairs say it
  if (out.profile) {
    options.budget.value = std::max(0.0, options.budget.value - out.profile->spent.value);
  }
  KERNWISE_ASSIGN(const ProfileSummary summary, profile(problems, setting.device, setting.context,
                                                        options, setting.store, progress, stop));
  if (summary.unmeasured > 0) {
    out.warnings.push_back(fmt::format(
        "the budget of {} left {} of {} int8 candidates unmeasured; raise --budget",
        format_seconds(setting.request.budget), summary.unmeasured, summary.candidates));
  }
  if (summary.runs > 0 && !out.profile) out.profile = summary;
  return Ok{};
}

// All that the ranges allow, fp32 included.
Result<CostTable> table_with_int8(const Int8Setting& setting, const LayerGraph& graph,
                                  const std::vector<Problem>& transforms, const Ranges& ranges) {
  std::vector<std::string> names;
  for (const Problem& problem : problems_of(graph)) names.push_back(to_string(problem));
  for (const Problem& problem : transforms) names.push_back(to_string(problem));
  KERNWISE_ASSIGN(auto known, combined_measurements(setting.store, setting.key, std::move(names)));
  std::erase_if(known, [&](const Measurement& m) {
    return !m.key.problem.starts_with("transform:") && !asked_for(setting.request, m.key.primitive);
  });
  KERNWISE_ASSIGN(CostTable table, cost_table(graph, known_costs(known), setting.request.policy,
                                              {.threads = setting.request.threads, .int8 = true}));
  for (auto& options : table.layers) {
    std::erase_if(options, [&](const CostOption& option) {
      return !asked_for(setting.request, option.primitive);
    });
  }
  keep_fitting(graph, ranges, table);
  return table;
}

}  // namespace

Status check_int8(const PlanRequest& request) {
  if (!request.max_error) return Ok{};
  if (request.policy != Policy::kFastest) {
    return invalid_input(
        "a bound on the error lets int8 take part, which oneDNN's own choice of "
        "kernels for fp32 leaves out",
        "leave --policy or --max-error out");
  }
  if (request.pareto) {
    return invalid_input("of the plans of a front only one would have its error looked at",
                         "give --memory with --max-error, or --pareto without");
  }
  if (request.costs == CostSource::kPredicted || request.costs == CostSource::kMixed ||
      !request.learned.model.empty()) {
    return invalid_input("no model has learned the costs of int8 primitives",
                         "--max-error goes with --costs measured");
  }
  return Ok{};
}

Result<Int8Choice> plan_int8(const Int8Setting& setting, PlanOutcome& out, Progress& progress,
                             const StopFlag& stop) {
  const PlanRequest& request = setting.request;
  const LayerGraph& graph = out.model.graph;
  const auto start = std::chrono::steady_clock::now();
  Plan fp32;
  fp32.threads = request.threads;
  add_choices(graph, out.table, out.selection, fp32);
  KERNWISE_ASSIGN(Executor executor, Executor::create(graph, fp32));
  KERNWISE_ASSIGN(const CalibrationInputs inputs, calibration_inputs(graph, request));
  progress.update("Calibrating", 0, inputs.description);
  const Ranges ranges = calibrated_ranges(graph, executor, inputs.ranges);
  const std::vector<Problem> transforms = int8_transforms(graph, ranges);
  if (request.budget.value > 0) {
    KERNWISE_TRY(measure(setting, graph, transforms, out, progress, stop));
  }
  KERNWISE_ASSIGN(const CostTable table, table_with_int8(setting, graph, transforms, ranges));
  KERNWISE_ASSIGN(Int8Choice choice,
                  choose_int8({out.model, request, table, ranges, inputs, executor, setting.select},
                              progress, stop));
  choice.summary.fp32_total_s = out.selection.total_s;
  choice.summary.spent_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return choice;
}

}  // namespace kernwise::detail
