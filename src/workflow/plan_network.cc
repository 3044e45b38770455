// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/plan_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>

#include "int8_plan.h"
#include "kernwise/base/format.h"
#include "kernwise/base/hash.h"
#include "kernwise/base/statistics.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/profile/protocol.h"
#include "kernwise/runtime/input.h"
#include "kernwise/workflow/predicted_costs.h"
#include "learned_costs.h"
#include "selected_plan.h"

namespace kernwise {
namespace {

constexpr int kCalibrationRuns = 15;
// Whole run over sum of parts; on a quiet machine 1.12 is the worst seen.
constexpr double kSuspicious = 1.3;

class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

ProfileOptions profile_options(const PlanRequest& request) {
  ProfileOptions options;
  options.execution = {request.threads};
  options.warm_weights = request.warm_weights;
  options.budget = request.budget;
  options.primitives = request.primitives;
  return options;
}

Status check_primitives(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (find_primitive(id) == nullptr) {
      return invalid_input("there is no primitive '" + id + "'",
                           "'kernwise list primitives' names them all");
    }
  }
  return Ok{};
}

Result<std::vector<Measurement>> known_measurements(const Store& store, const MeasurementKey& key,
                                                    const std::vector<Problem>& problems) {
  std::vector<std::string> names;
  for (const Problem& problem : problems) names.push_back(to_string(problem));
  return combined_measurements(store, key, std::move(names));
}

void keep_only(std::vector<Measurement>& measurements, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  const std::set<std::string> wanted(ids.begin(), ids.end());
  std::erase_if(measurements,
                [&](const Measurement& m) { return !wanted.contains(m.key.primitive); });
}

void keep_only(CostTable& table, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  for (auto& options : table.layers) {
    std::erase_if(options, [&](const CostOption& option) {
      return std::ranges::find(ids, option.primitive) == ids.end();
    });
  }
}

Plan to_plan(const LoadedModel& model, const PlanRequest& request, const CostTable& table,
             const Selection& selection, const Device& device, const MeasurementKey& key) {
  Plan plan;
  plan.network = model.path.string();
  plan.network_hash = model.graph.content_hash;
  plan.device = device.fingerprint;
  plan.device_label = fmt::format("{} ({}{})", device.cpu, to_string(device.isa),
                                  device.is_virtual ? ", virtual" : "");
  if (request.recorded) plan.device_label += ", recorded";
  plan.libraries = key.libraries;
  plan.policy = to_string(request.policy);
  plan.protocol = key.protocol;
  plan.threads = request.threads;
  detail::add_choices(model.graph, table, selection, plan);
  plan.predicted_total_s = selection.total_s;
  plan.predicted_transforms_s = selection.transforms_s;
  plan.optimal = selection.optimal;
  plan.gap_ratio = selection.gap_ratio;
  return plan;
}

PlanMachine machine_of(const Device& device, const MachineContext& context) {
  return {.kernel = context.kernel,
          .compiler = context.compiler,
          .governor = context.governor,
          .turbo = context.turbo,
          .hypervisor = context.hypervisor,
          .huge_pages = context.huge_pages,
          .cores = device.cores,
          .l1d_bytes = device.l1d.value,
          .l2_bytes = device.l2.value,
          .l3_bytes = device.l3.value,
          .memory_bytes = device.memory.value};
}

// All that Policy::kOnednnAuto could choose, so that nothing else is measured for it.
Result<std::map<std::string, std::set<std::string>>> onednn_pairs(
    const std::vector<Problem>& problems, const Execution& execution) {
  std::map<std::string, std::set<std::string>> pairs;
  for (const Problem& problem : problems) {
    std::set<std::string>& ids = pairs[to_string(problem)];
    if (problem.kind() == ProblemKind::kConv) {
      KERNWISE_ASSIGN(std::string pick, onednn_auto(problem, execution));
      ids.insert(std::move(pick));
      continue;
    }
    std::set<std::string> others;
    for (const Candidate& candidate : candidates(problem, execution)) {
      const PrimitiveInfo& info = candidate.primitive->info();
      if (!std::holds_alternative<Admitted>(candidate.applicability) || info.view) continue;
      (info.source == "onednn" ? ids : others).insert(info.id);
    }
    if (ids.empty()) ids = std::move(others);
  }
  return pairs;
}

// Whole-network runs are measurements too: their problem is the network, their primitive the
// digest of the choices.
MeasurementKey network_key(const Plan& plan, MeasurementKey key) {
  std::string choices;
  for (const PlannedLayer& layer : plan.layers) {
    choices += fmt::format("{}@{};", layer.primitive, layer.revision);
  }
  for (const PlannedTransform& t : plan.transforms) {
    choices +=
        fmt::format("{}:{}>{}:{};", t.value, to_string(t.from), to_string(t.to), t.primitive);
  }
  key.problem = "network:" + plan.network_hash;
  key.primitive = "plan:" + content_hash(choices).substr(0, 16);
  key.protocol = "whole-2";
  return key;
}

Result<Measurement> run_whole_network(const LoadedModel& model, const Plan& plan,
                                      Progress& progress, const StopFlag& stop) {
  progress.update("Running the plan", 0, model.path.filename().string());
  KERNWISE_ASSIGN(Executor executor, Executor::create(model.graph, plan));
  for (std::size_t i = 0; i < model.graph.inputs.size(); ++i) {
    const Shape4& shape = model.graph.values[static_cast<std::size_t>(model.graph.inputs[i])].shape;
    std::ranges::copy(random_input(shape, 1), executor.input(static_cast<int>(i)).begin());
  }
  Measurement m;
  const BoundTeam team(plan.threads);
  executor.run();
  for (int i = 0; i < kCalibrationRuns; ++i) {
    // A few runs are no calibration: what is stored stands for the plan from then on.
    if (stop) return Error{ErrorCode::kInterrupted, "planning was interrupted", {}, {}};
    Stopwatch watch;
    executor.run();
    m.runs_s.push_back(watch.lap());
    progress.update("Running the plan", static_cast<double>(i + 1) / kCalibrationRuns,
                    model.path.filename().string());
  }
  m.median_s = median(m.runs_s);
  m.spread = median_spread(m.runs_s);
  m.grade = grade_of(m.spread);
  m.workspace_bytes = executor.memory().workspace.value;
  m.packed_bytes = executor.memory().weights.value;
  progress.finish("Running the plan", format_seconds({m.median_s}));
  return m;
}

}  // namespace

std::string_view to_string(CostSource source) {
  constexpr std::array<std::string_view, 4> names = {"measured", "predicted", "mixed", "auto"};
  return names.at(static_cast<std::size_t>(source));
}

std::string_view to_string(Fallback fallback) {
  constexpr std::array<std::string_view, 3> names = {"measure", "roofline", "error"};
  return names.at(static_cast<std::size_t>(fallback));
}

Result<Plan> plan_from_store(const LoadedModel& model, const PlanRequest& request,
                             const Store& store) {
  const Device device = describe_this_device();
  const MeasurementKey key = key_template(device, profile_options(request));
  KERNWISE_ASSIGN(auto known, known_measurements(store, key, problems_of(model.graph)));
  keep_only(known, request.primitives);
  KERNWISE_ASSIGN(CostTable table,
                  cost_table(model.graph, known_costs(known), request.policy, {request.threads}));
  keep_only(table, request.primitives);
  KERNWISE_ASSIGN(const Selection selection, select_primitives(model.graph, table));
  Plan plan = to_plan(model, request, table, selection, device, key);
  KERNWISE_ASSIGN(const MemoryUse memory, detail::memory_of(model.graph, table, selection, plan));
  plan.peak_bytes = memory.peak().value;
  return plan;
}

namespace {

Result<Selection> selected(const LayerGraph& graph, const CostTable& table,
                           std::optional<Bytes> memory) {
  if (!memory) return select_primitives(graph, table);
  KERNWISE_ASSIGN(MemoryPoint point,
                  select_within(graph, table, *memory, detail::memory_model(graph, table)));
  return std::move(point.selection);
}

// Records know what was measured, on a machine that cannot be asked anything else.
Status check_replay(const PlanRequest& request) {
  if (request.costs == CostSource::kPredicted || request.costs == CostSource::kMixed ||
      !request.learned.model.empty()) {
    return invalid_input("a recorded device answers from its records, not from a model",
                         "leave out --costs and --model, or --device");
  }
  if (request.max_error) {
    return unsupported("int8 is calibrated by running the network, which a recorded device cannot",
                       "leave out --max-error, or plan on the device itself");
  }
  if (request.policy == Policy::kOnednnAuto) {
    return unsupported("what oneDNN would choose on a recorded device cannot be asked here",
                       "leave out --policy, or plan on the device itself");
  }
  return Ok{};
}

CostSource source_of(const PlanRequest& request, bool covered) {
  if (request.recorded) return CostSource::kMeasured;
  if (request.max_error) return CostSource::kMeasured;
  if (request.costs != CostSource::kAuto) return request.costs;
  // A model that was named is to be used, and if it cannot be read that is an error.
  if (!request.learned.model.empty()) return CostSource::kMixed;
  if (covered || request.policy != Policy::kFastest || request.refine) {
    return CostSource::kMeasured;
  }
  // The models that come with the program know cold weights.
  if (request.warm_weights || shipped_models().empty()) return CostSource::kMeasured;
  return CostSource::kMixed;
}

}  // namespace

Result<PlanOutcome> plan_network(const PlanRequest& request, Progress& progress,
                                 const StopFlag& stop) {
  PlanOutcome out;
  Stopwatch watch;
  KERNWISE_TRY(check_primitives(request.primitives));
  if (request.recorded) KERNWISE_TRY(check_replay(request));
  KERNWISE_TRY(detail::check_int8(request));
  KERNWISE_ASSIGN(out.model, load_model(request.model, request.onnx));
  out.times.read_s = watch.lap();

  const std::filesystem::path store_path = store_to_ask(request.recorded, request.store);
  // A store that is only looked at may lie on a read-only medium.
  const bool may_measure = !request.recorded && request.budget.value > 0;
  std::unique_ptr<Store> store;  // none where only a model is asked
  if (may_measure || request.costs != CostSource::kPredicted) {
    KERNWISE_ASSIGN(
        store, open_store(store_path, may_measure ? StoreMode::kReadWrite : StoreMode::kReadOnly));
  }
  const Device device = device_of(request.recorded);
  const ProfileOptions options = profile_options(request);
  const MeasurementKey key = key_of(request.recorded, options);
  const std::vector<Problem> problems = problems_of(out.model.graph);
  std::vector<Measurement> known;
  if (store) {
    KERNWISE_ASSIGN(known, known_measurements(*store, key, problems));
  }
  if (request.recorded) {
    KERNWISE_TRY(check_recorded(*request.recorded, key, known, problems));
    out.warnings.push_back(notice_of(*request.recorded));
  }
  const bool covered = request.primitives.empty() && profile_complete(known, problems, key);
  const CostSource source = source_of(request, covered);
  const bool learned = source != CostSource::kMeasured;
  MachineContext context;
  if (may_measure) {
    if (pin_to_cpus(request.threads).empty()) {
      out.warnings.push_back("the process could not be bound to processors; timings are noisier");
    }
  }
  context = describe_context();
  context.libraries = key.libraries;
  if (!learned && may_measure && (!covered || request.refine)) {
    ProfileOptions measuring = options;
    if (request.policy == Policy::kOnednnAuto) {
      KERNWISE_ASSIGN(measuring.pairs, onednn_pairs(problems, options.execution));
    }
    KERNWISE_ASSIGN(out.profile,
                    profile(problems, device, context, measuring, *store, progress, stop));
    KERNWISE_ASSIGN(known, known_measurements(*store, key, problems));
    if (out.profile->unmeasured > 0) {
      out.warnings.push_back(fmt::format(
          "the budget of {} left {} of {} candidates unmeasured; the plan is the best "
          "of the rest. Raise --budget",
          format_seconds(request.budget), out.profile->unmeasured, out.profile->candidates));
    }
    if (out.profile->worst_drift > 0.1) {
      out.warnings.push_back(fmt::format(
          "the machine's speed drifted by up to {} while measuring (see 'kernwise doctor')",
          format_percent(out.profile->worst_drift)));
    }
  }
  keep_only(known, request.primitives);
  out.times.profile_s = watch.lap();

  std::vector<KnownCost> costs;
  if (learned) {
    if (source == CostSource::kPredicted) known.clear();
    auto of_model = detail::learned_costs(out.model, request, known, device, context, options,
                                          store.get(), progress, stop);
    if (!of_model.ok()) return std::move(of_model).error().within(request.model.string());
    costs = std::move(of_model->costs);
    out.learned = std::move(of_model->summary);
    for (std::string& warning : of_model->warnings) out.warnings.push_back(std::move(warning));
    out.times.profile_s += watch.lap();
  } else {
    costs = known_costs(known);
  }
  auto table = cost_table(out.model.graph, costs, request.policy, options.execution);
  if (!table.ok()) return std::move(table).error().within(shown_location(store_path));
  out.table = std::move(table).value();
  keep_only(out.table, request.primitives);
  const bool bounded = request.memory || request.pareto;
  if (bounded) {
    KERNWISE_TRY(detail::fill_packed_bytes(out.model.graph, options.execution, out.table));
  }
  if (request.pareto) {
    progress.update("Tracing time against memory", 0, "");
    KERNWISE_ASSIGN(out.front, memory_front(out.model.graph, out.table,
                                            detail::memory_model(out.model.graph, out.table)));
  }
  // A cap holds for what runs in the end; with int8 that is not this selection.
  auto selection =
      selected(out.model.graph, out.table, request.max_error ? std::nullopt : request.memory);
  if (!selection.ok()) {
    Error error = std::move(selection).error();
    if (out.profile && out.profile->unmeasured > 0) {
      error.hint = fmt::format(
          "the budget of {} left {} of {} candidates unmeasured: the same "
          "command goes on from there, or raise --budget",
          format_seconds(request.budget), out.profile->unmeasured, out.profile->candidates);
    }
    return std::move(error).within(request.model.string());
  }
  out.selection = std::move(selection).value();
  std::optional<detail::Int8Choice> lower;
  if (request.max_error) {
    out.times.select_s = watch.lap();
    const auto select = [&](const CostTable& allowed) {
      return selected(out.model.graph, allowed, request.memory);
    };
    const detail::Int8Setting setting{request, options, device, context, key, *store, select};
    KERNWISE_ASSIGN(lower, detail::plan_int8(setting, out, progress, stop));
    out.times.profile_s += watch.lap();
    out.table = std::move(lower->table);
    out.selection = std::move(lower->selection);
    out.int8 = lower->summary;
  }
  if (out.learned) {
    detail::summarize(out.table, out.selection, *out.learned);
    if (!bounded) {
      KERNWISE_TRY(
          detail::fill_packed_bytes(out.model.graph, options.execution, out.table, &out.selection));
    }
  }
  out.plan = to_plan(out.model, request, out.table, out.selection, device, key);
  if (lower) {
    detail::add_int8(out.model.graph, lower->ranges, std::move(lower->planned), out.plan);
    for (std::size_t i = 0; i < out.plan.layers.size(); ++i) {
      out.plan.layers[i].relative_error = lower->errors[i];
    }
  }
  KERNWISE_ASSIGN(out.memory,
                  detail::memory_of(out.model.graph, out.table, out.selection, out.plan));
  out.plan.peak_bytes = out.memory.peak().value;
  KERNWISE_ASSIGN(out.steps, detail::steps_of(out.model.graph, out.table, out.selection, out.plan));
  out.plan.build = context.build;
  out.plan.created = context.timestamp;
  // Of a recorded machine only the hardware is known.
  out.plan.machine = machine_of(device, request.recorded ? MachineContext{} : context);
  if (request.recorded) {
    for (PlannedLayer& layer : out.plan.layers) {
      if (layer.provenance == "measured") layer.provenance = "recorded";
    }
  }
  out.times.select_s = watch.lap();

  const MeasurementKey whole = network_key(out.plan, key);
  std::vector<Measurement> whole_runs;
  if (store) {
    KERNWISE_ASSIGN(whole_runs, combined_measurements(*store, whole, {whole.problem}));
  }
  std::erase_if(whole_runs, [&](const Measurement& m) { return m.key != whole; });
  const bool steady = !whole_runs.empty() && whole_runs.front().grade <= 'C';
  if (request.calibrate && may_measure && (!steady || out.profile)) {
    KERNWISE_ASSIGN(Measurement m, run_whole_network(out.model, out.plan, progress, stop));
    m.key = whole;
    KERNWISE_ASSIGN(m.session, store->begin_session(device, context));
    KERNWISE_TRY(store->append({&m, 1}));
    whole_runs = {m};
  }
  if (!whole_runs.empty()) {
    out.plan.measured_total_s = whole_runs.front().median_s;
    out.plan.calibration_ratio = out.plan.measured_total_s / out.plan.predicted_total_s;
    if (out.plan.calibration_ratio > kSuspicious) {
      out.warnings.push_back(fmt::format(
          "the run of the whole network took {:.2f} times the sum of its parts: something else "
          "used the machine, now or while the parts were measured. 'kernwise doctor' says what; "
          "then plan again",
          out.plan.calibration_ratio));
    }
  }
  out.times.calibrate_s = watch.lap();
  return out;
}

}  // namespace kernwise
