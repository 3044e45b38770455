// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/run_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "check_plan.h"
#include "kernwise/base/file.h"
#include "kernwise/base/format.h"
#include "kernwise/base/hash.h"
#include "kernwise/base/statistics.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/profile/profiler.h"
#include "kernwise/runtime/input.h"
#include "kernwise/runtime/pack.h"
#include "kernwise/runtime/plan_device.h"

namespace kernwise {
namespace {

constexpr int kLayerRuns = 9;

// The limit of what a file may ask for holds for its float64 reference too.
Status check_verification_memory(const LayerGraph& graph, const OnnxOptions& options) {
  const Bytes needed = verification_memory(graph);
  if (needed <= options.max_model_memory) return Ok{};
  return invalid_input(fmt::format("--verify would take {}, more than the limit of {}",
                                   format_bytes(needed), format_bytes(options.max_model_memory)),
                       "raise --max-model-memory, or run without --verify");
}

// All outputs, one after the other.
std::string hash_of_outputs(const Executor& executor, std::size_t count) {
  std::string hashes;
  for (std::size_t i = 0; i < count; ++i) {
    hashes += content_hash(std::as_bytes(executor.output(static_cast<int>(i))));
  }
  return count == 1 ? hashes : content_hash(std::as_bytes(std::span(hashes)));
}

// Where output `index` goes: the file itself, or, if there are several, file.1.npy, file.2.npy ...
std::filesystem::path output_file(const std::filesystem::path& file, std::size_t index,
                                  std::size_t count) {
  if (count == 1) return file;
  return file.parent_path() /
         fmt::format("{}.{}{}", file.stem().string(), index + 1, file.extension().string());
}

// As least_traffic(), with the bytes that an element has in the layouts that were planned.
Bytes least_bytes(const Problem& problem, Layout in, Layout out, Precision precision) {
  if (!is_int8(in) && !is_int8(out)) return least_traffic(problem);
  const int64_t weight_bytes = precision == Precision::kFp32 ? 4 : 1;
  const int64_t output = output_shape(problem).elements() * element_bytes(out);
  int64_t bytes = weight_elements(problem) * weight_bytes + 4 * bias_elements(problem) + output;
  if (problem.post_ops.residual) bytes += output;
  for (int i = 0; i < input_count(problem); ++i) {
    bytes += input_shape(problem, i).elements() * element_bytes(in);
  }
  return {bytes};
}

StepTime planned_step(const LayerGraph& graph, const Plan& plan, const StepInfo& step) {
  StepTime time;
  time.step = step;
  if (step.is_transform) {
    for (const PlannedTransform& t : plan.transforms) {
      if (step.name == fmt::format("{}: {} > {}", t.value, to_string(t.from), to_string(t.to))) {
        time.planned_s = t.time_s;
        time.traffic = least_bytes({TransformProblem{step.shape, t.from, t.to}, {}}, t.from, t.to,
                                   Precision::kFp32);
      }
    }
    return time;
  }
  const Problem& problem = graph.layers[static_cast<std::size_t>(step.layer)].problem;
  const PlannedLayer& planned = plan.layers[static_cast<std::size_t>(step.layer)];
  time.macs = macs(problem);
  if (!find_primitive(step.primitive)->info().view) {
    time.traffic = least_bytes(problem, planned.in, planned.out, planned.precision);
  }
  time.planned_s = planned.time_s;
  time.planned_low_s = planned.low_s;
  time.planned_high_s = planned.high_s;
  return time;
}

// Medians over runs of their own.
std::vector<StepTime> timed_steps(const LayerGraph& graph, const Plan& plan, Executor& executor) {
  const std::size_t count = executor.steps().size();
  std::vector<std::vector<double>> times(count);
  std::vector<double> once(count);
  for (int run = 0; run < kLayerRuns; ++run) {
    executor.run_timed(once);
    for (std::size_t i = 0; i < count; ++i) times[i].push_back(once[i]);
  }
  std::vector<StepTime> steps;
  for (std::size_t i = 0; i < count; ++i) {
    steps.push_back(planned_step(graph, plan, executor.steps()[i]));
    steps.back().median_s = median(times[i]);
  }
  return steps;
}

void bind_process(const RunRequest& request, const Plan& plan, std::vector<std::string>& warnings) {
  if (request.bind && pin_to_cpus(plan.threads).empty()) {
    warnings.push_back("the process could not be bound to processors; timings are noisier");
  }
}

Result<OpenedPlan> open_pack(const RunRequest& request, std::vector<std::string>& warnings) {
  if (!request.model.empty()) {
    return invalid_input("a pack holds its network: --model does not apply", "leave --model out")
        .within(request.plan.string());
  }
  KERNWISE_ASSIGN(Pack pack, load_pack(request.plan, request.onnx.max_model_memory));
  KERNWISE_TRY(check_plan_device(pack.plan, request.any_device, warnings));
  if (request.verify) KERNWISE_TRY(check_verification_memory(pack.graph, request.onnx));
  bind_process(request, pack.plan, warnings);
  auto created = Executor::create(pack.graph, pack.plan);
  if (!created.ok()) return std::move(created).error().within(request.plan.string());
  LoadedModel model;
  model.path = request.plan;
  model.graph = std::move(pack.graph);
  return OpenedPlan{std::move(pack.plan), std::move(model), std::move(created).value()};
}

}  // namespace

double roofline_s(const StepTime& step, const Ceilings& ceilings) {
  double seconds = 0;
  if (ceilings.peak_gflops > 0) {
    seconds = 2e-9 * static_cast<double>(step.macs.value) / ceilings.peak_gflops;
  }
  if (ceilings.bandwidth_gbps > 0) {
    seconds =
        std::max(seconds, 1e-9 * static_cast<double>(step.traffic.value) / ceilings.bandwidth_gbps);
  }
  return seconds;
}

Result<OpenedPlan> open_plan(const RunRequest& request, std::vector<std::string>& warnings) {
  if (is_pack_file(request.plan)) return open_pack(request, warnings);
  KERNWISE_ASSIGN(Plan plan, load_plan(request.plan));
  KERNWISE_TRY(check_plan_device(plan, request.any_device, warnings));
  const std::filesystem::path path = find_model(request, plan);
  if (path.empty()) {
    return invalid_input("the plan names no model file", "give it with --model")
        .within(request.plan.string());
  }
  KERNWISE_ASSIGN(LoadedModel model, load_model(path, request.onnx));
  auto same = check_plan_network(plan, model);
  if (!same.ok()) return std::move(same).error().within(request.plan.string());
  if (request.verify) KERNWISE_TRY(check_verification_memory(model.graph, request.onnx));
  bind_process(request, plan, warnings);
  auto created = Executor::create(model.graph, plan);
  if (!created.ok()) return std::move(created).error().within(request.plan.string());
  return OpenedPlan{std::move(plan), std::move(model), std::move(created).value()};
}

Result<RunOutcome> run_plan(const RunRequest& request, Progress& progress, const StopFlag& stop) {
  RunOutcome out;
  KERNWISE_ASSIGN(OpenedPlan opened, open_plan(request, out.warnings));
  LoadedModel& model = opened.model;
  Executor& executor = opened.executor;
  out.plan = std::move(opened.plan);
  out.memory = executor.memory();
  if (!request.verify) drop_weights(model);

  if (!request.inputs.empty() && request.inputs.size() != model.graph.inputs.size()) {
    return invalid_input(fmt::format("the network has {} inputs, {} were given",
                                     model.graph.inputs.size(), request.inputs.size()),
                         "repeat --input once per network input");
  }
  for (std::size_t i = 0; i < model.graph.inputs.size(); ++i) {
    const Value& input = model.graph.values[static_cast<std::size_t>(model.graph.inputs[i])];
    std::vector<float> values;
    if (request.inputs.empty()) {
      values = random_input(input.shape, request.seed + i);
    } else {
      KERNWISE_ASSIGN(values, read_input(request.inputs[i], input.dims));
    }
    std::ranges::copy(values, executor.input(static_cast<int>(i)).begin());
  }

  std::optional<BoundTeam> team(std::in_place, out.plan.threads);
  executor.run();
  const std::size_t outputs = model.graph.outputs.size();
  out.output_hash = hash_of_outputs(executor, outputs);
  for (int i = 0; i < request.repeat; ++i) {
    if (stop) return Error{ErrorCode::kInterrupted, "the run was interrupted", {}, {}};
    const auto start = std::chrono::steady_clock::now();
    executor.run();
    out.runs_s.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    progress.update("Running", static_cast<double>(i + 1) / request.repeat, model.path.string());
    if (hash_of_outputs(executor, outputs) != out.output_hash) {
      return internal_error(fmt::format("run {} gave other bits than the first one", i + 2));
    }
  }
  out.process_peak = process_peak_memory();
  if (!out.runs_s.empty()) {
    out.median_s = median(out.runs_s);
    out.spread = median_spread(out.runs_s);
  }

  if (!request.output.empty()) {
    for (std::size_t i = 0; i < outputs; ++i) {
      const Value& value = model.graph.values[static_cast<std::size_t>(model.graph.outputs[i])];
      const auto values = executor.output(static_cast<int>(i));
      KERNWISE_TRY(write_file(output_file(request.output, i, outputs),
                              format_npy(value.dims, {values.begin(), values.end()})));
    }
  }

  if (request.traced > 0) {
    out.trace = RunTrace{executor.steps(), {}};
    out.trace->runs_s.assign(static_cast<std::size_t>(request.traced),
                             std::vector<double>(executor.steps().size()));
    for (std::vector<double>& seconds : out.trace->runs_s) executor.run_timed(seconds);
  }

  if (request.profile) {
    team.reset();  // the ceilings are measured by threads of their own
    out.ceilings = measure_ceilings(out.plan.threads);
    team.emplace(out.plan.threads);
    out.steps = timed_steps(model.graph, out.plan, executor);
  }
  if (request.verify) {
    KERNWISE_ASSIGN(out.verification, verify(model.graph, executor, progress, stop));
  }
  return out;
}

}  // namespace kernwise
