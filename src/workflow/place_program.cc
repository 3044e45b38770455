// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/place_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "kernwise/base/check.h"
#include "kernwise/base/file.h"
#include "kernwise/base/statistics.h"
#include "kernwise/place/recorded_costs.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/profile/profiler.h"
#include "kernwise/store/store.h"
#include "place_costs.h"
#include "place_run.h"
#include "recorded_models.h"

namespace kernwise {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// The costs of the choice, and those that judge it (if there are any others, or better ones).
struct Tables {
  PlaceTable choice;
  std::optional<PlaceTable> judge;
  std::string judged_by;
  std::vector<std::string> notes;
};

Result<Tables> recorded_tables(const Program& program, const PlaceRequest& request,
                               std::vector<std::string>& warnings) {
  KERNWISE_ASSIGN(const std::string text, read_file(request.costs, kLargestCostFile));
  Result<RecordedCosts> costs = parse_recorded_costs(text);
  if (!costs.ok()) return std::move(costs).error().within(request.costs.string());
  Tables tables;
  tables.judge = recorded_table(program, *costs);
  tables.judged_by = "recorded";
  tables.notes = costs->devices;
  if (request.source == PlaceSource::kRecorded) {
    tables.choice = *tables.judge;
  } else {
    std::shared_ptr<const RecordedModels> models = request.recorded_models;
    if (models == nullptr) {
      KERNWISE_ASSIGN(models, learn_recorded(*costs, {program}, request.seed));
    }
    for (const Task& task : program.tasks) {
      KERNWISE_CHECK(models->held_out.contains(to_string(task.problem)));
    }
    tables.choice = detail::learned_place_table(program, *costs, *models, warnings);
  }
  return tables;
}

Result<Tables> tables_of_this_machine(const Program& program, const PlaceRequest& request,
                                      Progress& progress, const StopFlag& stop,
                                      std::vector<std::string>& warnings) {
  const std::filesystem::path path = store_to_ask(request.recorded, request.store);
  KERNWISE_ASSIGN(const auto store, open_store(path, request.recorded ? StoreMode::kReadOnly
                                                                      : StoreMode::kReadWrite));
  KERNWISE_ASSIGN(const detail::PlaceSites sites, detail::place_sites(request, *store, stop));
  // After the drivers of the resources have started: their threads would inherit the binding.
  if (request.recorded) {
    warnings.push_back(notice_of(*request.recorded));
  } else if (pin_to_cpus(request.threads).empty()) {
    warnings.push_back("the process could not be bound to processors; timings are noisier");
  }
  Tables tables;
  tables.notes = sites.notes;
  if (request.source == PlaceSource::kPredicted) {
    KERNWISE_ASSIGN(tables.choice, detail::predicted_place_table(program, sites, request, *store,
                                                                 progress, warnings));
  }
  if (request.source == PlaceSource::kMeasured || request.run) {
    KERNWISE_ASSIGN(tables.judge, detail::measured_place_table(program, sites, request, *store,
                                                               progress, stop, warnings));
    tables.judged_by = request.recorded ? "recorded" : "measured";
  }
  if (request.source == PlaceSource::kMeasured) tables.choice = *tables.judge;
  return tables;
}

int same_option(const std::vector<PlaceOption>& row, const PlaceOption& wanted) {
  const auto found = std::find_if(row.begin(), row.end(), [&](const PlaceOption& o) {
    return o.primitive == wanted.primitive && o.resource == wanted.resource &&
           o.threads == wanted.threads;
  });
  return found == row.end() ? -1 : static_cast<int>(found - row.begin());
}

// The same choice in another table; empty if that lacks one of its options.
std::vector<int> carried(const Placement& placement, const PlaceTable& from, const PlaceTable& to) {
  std::vector<int> option;
  for (std::size_t i = 0; i < placement.option.size(); ++i) {
    const auto at = static_cast<std::size_t>(placement.option[i]);
    option.push_back(same_option(to.tasks[i], from.tasks[i][at]));
    if (option.back() < 0) return {};
  }
  return option;
}

// A way with its options in the table that it was made from.
struct Way {
  std::string name;
  Result<Placement> placement;
};

// The naive ways and the best of all are chosen by the judging costs: each at its best, in truth.
std::vector<Way> rivals(const Program& program, const PlaceTable& judge) {
  std::vector<Way> ways;
  ways.push_back({"best variant per kind", best_fixed_variants(program, judge)});
  for (std::size_t r = 0; r < judge.resources.size(); ++r) {
    ways.push_back({"always " + judge.resources[r].name,
                    best_on_resource(program, judge, static_cast<int>(r))});
  }
  ways.push_back({"exhaustive best", enumerate_placements(program, judge)});
  return ways;
}

double total_in(const Program& program, const PlaceTable& table, std::vector<int> option) {
  return option.empty() ? kNan : evaluate_placement(program, table, std::move(option)).total_s;
}

void describe_kernels(const Program& program, const Tables& tables, const Placement& placement,
                      PlaceOutcome& out) {
  const PlaceTable& table = tables.choice;
  for (std::size_t i = 0; i < program.tasks.size(); ++i) {
    const Task& task = program.tasks[i];
    const PlaceOption& chosen = table.tasks[i][static_cast<std::size_t>(placement.option[i])];
    PlacedKernel kernel;
    kernel.name = program.name(task);
    kernel.kind = task.kind;
    kernel.problem = to_string(task.problem);
    kernel.line = task.line;
    kernel.primitive = chosen.primitive;
    kernel.resource = table.resources[static_cast<std::size_t>(chosen.resource)].name;
    kernel.threads = chosen.threads;
    kernel.time_s = chosen.time_s;
    kernel.low_s = chosen.low_s;
    kernel.high_s = chosen.high_s;
    kernel.provenance = chosen.provenance;
    kernel.judged_s = kNan;
    if (tables.judge) {
      const int at = same_option(tables.judge->tasks[i], chosen);
      if (at >= 0) kernel.judged_s = tables.judge->tasks[i][static_cast<std::size_t>(at)].time_s;
    }
    const PlaceOption* other = nullptr;
    for (const PlaceOption& o : table.tasks[i]) {
      const bool same = o.primitive == chosen.primitive && o.resource == chosen.resource;
      if (!same && (other == nullptr || o.time_s < other->time_s)) other = &o;
    }
    if (other != nullptr) {
      kernel.other_primitive = other->primitive;
      kernel.other_resource = table.resources[static_cast<std::size_t>(other->resource)].name;
      kernel.other_threads = other->threads;
      kernel.other_s = other->time_s;
    }
    out.kernels.push_back(std::move(kernel));
  }
  const auto resource = [&](int r) { return table.resources[static_cast<std::size_t>(r)].name; };
  for (const PlacedCopy& copy : placement.copies) {
    out.transfers.push_back({program.tensors[static_cast<std::size_t>(copy.tensor)].name,
                             resource(copy.from), resource(copy.to), copy.bytes, copy.time_s});
  }
}

// All ways beside each other; runs those that are open.
Status judge(const Program& program, const PlaceRequest& request, const Tables& tables,
             const Placement& placement, Progress& progress, const StopFlag& stop,
             PlaceOutcome& out) {
  const bool judged = tables.judge.has_value();
  const PlaceTable& table = judged ? *tables.judge : tables.choice;
  out.judged_by = tables.judged_by;
  out.ways.push_back({.name = "placed",
                      .reason = {},
                      .predicted_s = placement.total_s,
                      .judged_s = kNan,
                      .run_s = kNan,
                      .run_spread = kNan});
  const std::vector<int> placed = carried(placement, tables.choice, table);
  if (judged) {
    out.ways[0].judged_s = total_in(program, table, placed);
    if (placed.empty()) {
      out.warnings.push_back("the placement holds an option that was not " + tables.judged_by +
                             ": it is not compared" +
                             (request.run ? ", and was not run; --budget gives more time" : ""));
    }
  }
  std::vector<Placement> open;  // in `table`
  std::vector<std::size_t> way_of;
  if (!placed.empty()) {
    open.push_back(evaluate_placement(program, table, placed));
    way_of.push_back(0);
  }
  for (Way& way : rivals(program, table)) {
    PlacedWay to{way.name, {}, kNan, kNan, kNan, kNan};
    if (way.placement.ok()) {
      if (judged) to.judged_s = way.placement->total_s;
      to.predicted_s =
          total_in(program, tables.choice, carried(*way.placement, table, tables.choice));
      way_of.push_back(out.ways.size());
      open.push_back(std::move(*way.placement));
    } else {
      to.reason = way.placement.error().message;
    }
    out.ways.push_back(std::move(to));
  }
  if (!request.run || open.empty() || placed.empty()) return Ok{};
  KERNWISE_ASSIGN(detail::PlacedRuns runs,
                  detail::run_placements(program, table, open, request, progress, stop));
  for (std::size_t i = 0; i < open.size(); ++i) {
    out.ways[way_of[i]].run_s = median(runs.runs_s[i]);
    out.ways[way_of[i]].run_spread = median_spread(runs.runs_s[i]);
  }
  out.run = std::move(runs.first);
  return Ok{};
}

Status check_request(const PlaceRequest& request) {
  const bool file =
      request.source == PlaceSource::kRecorded || request.source == PlaceSource::kLearned;
  if (request.recorded && request.source != PlaceSource::kMeasured) {
    return invalid_input("a recorded device answers from its records, and from nothing else",
                         "leave out --model and --costs, or --device");
  }
  if (request.recorded && !request.resources.empty()) {
    return unsupported("a recorded device is its processor alone", "leave out --resources");
  }
  if ((file || request.recorded) && request.run) {
    return invalid_input(
        "recorded devices are not here: nothing can be run on them",
        request.recorded ? "leave out --run, or --device" : "leave out --run, or --costs");
  }
  if (file && !(request.primitives.empty() && request.resources.empty())) {
    return invalid_input(
        "recorded costs are taken whole: --primitives and --resources do not apply",
        "leave rows out of the file instead");
  }
  for (const std::string& id : request.primitives) {
    if (find_primitive(id) != nullptr) continue;
    return invalid_input("there is no primitive '" + id + "'",
                         "'kernwise list primitives' names them all");
  }
  return Ok{};
}

}  // namespace

std::string_view to_string(PlaceSource source) {
  switch (source) {
    case PlaceSource::kPredicted: return "predicted";
    case PlaceSource::kMeasured: return "measured";
    case PlaceSource::kRecorded: return "recorded";
    case PlaceSource::kLearned: return "learned";
  }
  return "";
}

Result<PlaceOutcome> place_parsed_program(const Program& program, const PlaceRequest& request,
                                          Progress& progress, const StopFlag& stop) {
  KERNWISE_TRY(check_request(request));
  PlaceOutcome out;
  out.program = request.program.string();
  out.source = request.source;
  const bool file = !request.costs.empty();
  KERNWISE_ASSIGN(const Tables tables,
                  file ? recorded_tables(program, request, out.warnings)
                       : tables_of_this_machine(program, request, progress, stop, out.warnings));
  Result<Placement> placement = place_program(program, tables.choice);
  if (!placement.ok()) {
    Error error = std::move(placement).error();
    for (const std::string& warning : out.warnings) error.message += "\n  " + warning;
    return error;
  }
  out.notes = tables.notes;
  for (const PlaceResource& resource : tables.choice.resources) {
    out.resources.push_back(resource.name);
  }
  describe_kernels(program, tables, *placement, out);
  out.predicted_s = placement->total_s;
  out.low_s = placement->low_s;
  out.high_s = placement->high_s;
  out.transfers_s = placement->copies_s;
  out.optimal = placement->optimal;
  out.gap_ratio = placement->gap_ratio;
  out.solve_s = placement->solve_s;
  KERNWISE_TRY(judge(program, request, tables, *placement, progress, stop, out));
  return out;
}

Result<PlaceOutcome> place_program_file(const PlaceRequest& request, Progress& progress,
                                        const StopFlag& stop) {
  KERNWISE_ASSIGN(const std::string text, read_file(request.program, kLargestProgram));
  Result<Program> program = parse_program(text);
  if (!program.ok()) return std::move(program).error().within(request.program.string());
  return place_parsed_program(*program, request, progress, stop);
}

}  // namespace kernwise
