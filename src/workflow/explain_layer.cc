// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/explain_layer.h"

#include <algorithm>
#include <map>

#include "kernwise/graph/views.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/select/pbqp.h"

namespace kernwise {
namespace {

// Cost of the best plan in which `layer` must take `option`.
double cost_with(const PlanOutcome& planned, std::size_t layer, const CostOption& option) {
  CostTable table = planned.table;
  table.layers[layer] = {option};
  const auto selection = select_primitives(planned.model.graph, table);
  return selection.ok() ? selection->total_s : kForbidden;
}

ExplainedLayer explain(const PlanOutcome& planned, std::size_t index,
                       const std::map<MeasurementKey, Measurement>& known,
                       const MeasurementKey& key_base, bool elsewhere) {
  const LayerGraph& graph = planned.model.graph;
  const Layer& layer = graph.layers[index];
  const PlannedLayer& choice = planned.plan.layers[index];
  ExplainedLayer out{.layer = layer.name,
                     .problem = choice.problem,
                     .macs = macs(layer.problem),
                     .covers = layer.nodes,
                     .candidates = {},
                     .bytes = {},
                     .transforms = {}};
  for (const StepInfo& step : planned.steps) {
    if (step.layer == static_cast<int>(index)) out.bytes = step.bytes;
  }
  const Execution execution{planned.plan.threads};
  for (const Candidate& candidate : candidates(layer.problem, execution)) {
    const PrimitiveInfo& info = candidate.primitive->info();
    ExplainedCandidate row{
        .primitive = info.id, .in = info.in, .out = info.out, .status = "unmeasured", .reason = {}};
    MeasurementKey key = key_base;
    key.problem = choice.problem;
    key.primitive = info.id;
    key.revision = info.revision;
    const auto found = known.find(key);
    const auto& options = planned.table.layers[index];
    const auto option = std::ranges::find(options, info.id, &CostOption::primitive);
    const auto* no = std::get_if<Refused>(&candidate.applicability);
    // What a recorded device did is known better than what this machine would do.
    const bool recorded = elsewhere && found != known.end();
    if (recorded && found->second.status == MeasurementStatus::kRefused) {
      row.status = "refused";
      row.reason = found->second.reason;
    } else if (no != nullptr && !recorded) {
      row.status = "refused";
      row.reason = no->reason;
    } else if (info.view && option == options.end()) {
      row.status = "refused";
      row.reason = possible_views(graph)[index] ? "left out by --primitives or the policy"
                                                : "somebody else decides where its inputs lie";
    } else if (info.view) {
      row.status = info.id == choice.primitive ? "chosen" : "view";
      row.grade = 'A';
      row.reason = "nothing to compute: its inputs are made where its output lies";
      row.plan_regret = cost_with(planned, index, *option) / planned.selection.total_s - 1;
    } else if (found != known.end() && found->second.status == MeasurementStatus::kFailed) {
      row.status = "failed";
      row.reason = found->second.reason;
    } else if (option != options.end() && option->provenance != "measured") {
      row.status = info.id == choice.primitive ? "chosen" : option->provenance;
      if (info.id == choice.primitive) {
        row.reason = option->provenance == "predicted" ? "predicted" : "a bound of the machine";
      }
      row.time_s = option->time_s;
      row.low_s = option->low_s;
      row.high_s = option->high_s;
      row.spread = (option->high_s - option->low_s) / 2 / option->time_s;
      row.grade = option->grade;
      row.workspace_bytes = option->workspace_bytes;
      row.packed_bytes = option->packed_bytes;
      row.plan_regret = cost_with(planned, index, *option) / planned.selection.total_s - 1;
    } else if (found != known.end()) {
      const Measurement& m = found->second;
      row.status = info.id == choice.primitive ? "chosen" : "measured";
      row.time_s = m.median_s;
      row.low_s = m.median_s * (1 - m.spread);
      row.high_s = m.median_s * (1 + m.spread);
      row.spread = m.spread;
      row.grade = m.grade;
      row.runs = static_cast<int>(m.runs_s.size());
      row.workspace_bytes = m.workspace_bytes;
      row.packed_bytes = m.packed_bytes;
      if (option == options.end()) {
        row.reason = "too noisy to be taken as truth";
      } else {
        row.plan_regret = cost_with(planned, index, *option) / planned.selection.total_s - 1;
      }
    }
    out.candidates.push_back(std::move(row));
  }
  const auto rank = [](const ExplainedCandidate& c) {
    if (c.status == "chosen") return 0;
    if (c.status == "measured" || c.status == "view" || c.status == "predicted" ||
        c.status == "roofline") {
      return 1;
    }
    return c.status == "unmeasured" ? 2 : 3;
  };
  std::stable_sort(out.candidates.begin(), out.candidates.end(), [&](const auto& a, const auto& b) {
    return std::pair(rank(a), a.time_s) < std::pair(rank(b), b.time_s);
  });
  std::vector<ValueId> around = layer.inputs;
  around.push_back(layer.output);
  if (layer.residual) around.push_back(*layer.residual);
  for (const PlannedTransform& t : planned.plan.transforms) {
    for (const ValueId value : around) {
      if (graph.values[static_cast<std::size_t>(value)].name == t.value) {
        out.transforms.push_back(t);
        break;
      }
    }
  }
  return out;
}

}  // namespace

Result<std::vector<ExplainedLayer>> explain_layers(const ExplainRequest& request,
                                                   Progress& progress, const StopFlag& stop) {
  KERNWISE_ASSIGN(const PlanOutcome planned, plan_network(request.plan, progress, stop));
  ProfileOptions options;
  options.execution = {request.plan.threads};
  options.warm_weights = request.plan.warm_weights;
  const MeasurementKey key_base = key_of(request.plan.recorded, options);
  const std::filesystem::path path = store_to_ask(request.plan.recorded, request.plan.store);
  KERNWISE_ASSIGN(const auto store, open_store(path, StoreMode::kReadOnly));
  std::vector<std::string> problems;
  for (const PlannedLayer& layer : planned.plan.layers) problems.push_back(layer.problem);
  KERNWISE_ASSIGN(auto rows, combined_measurements(*store, key_base, std::move(problems)));
  std::map<MeasurementKey, Measurement> known;
  for (Measurement& m : rows) known[m.key] = std::move(m);

  std::vector<ExplainedLayer> out;
  for (const std::string& name : request.layers) {
    const bool exists = std::ranges::any_of(planned.model.graph.layers,
                                            [&](const Layer& l) { return l.name == name; });
    if (!exists) {
      return invalid_input("the network has no layer '" + name + "'",
                           "'kernwise inspect --layers' lists them")
          .within(request.plan.model.string());
    }
  }
  for (std::size_t i = 0; i < planned.model.graph.layers.size(); ++i) {
    const std::string& name = planned.model.graph.layers[i].name;
    if (!request.layers.empty() &&
        std::ranges::find(request.layers, name) == request.layers.end()) {
      continue;
    }
    if (stop) return Error{ErrorCode::kInterrupted, "explaining was interrupted", {}, {}};
    out.push_back(explain(planned, i, known, key_base, request.plan.recorded.has_value()));
  }
  return out;
}

}  // namespace kernwise
