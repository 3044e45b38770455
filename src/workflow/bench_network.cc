// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/bench_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <thread>

#include "check_plan.h"
#include "kernwise/base/rng.h"
#include "kernwise/primitives/reference.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/runtime/input.h"
#include "kernwise/runtime/plan_device.h"
#include "onnxruntime.h"

namespace kernwise {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kWarmUpRounds = 2;
constexpr int kFewestRounds = 10;
// Lets the threads of a contestant that wait for more work go to sleep before the next one runs.
// Ours are sent home: they would spin for longer than that (DECISIONS, "one pool of threads").
constexpr auto kPause = std::chrono::milliseconds(5);

struct Runner {
  Contestant contestant;
  std::function<Result<double>()> run;
  bool in_this_process = true;
};

Result<Executor> make_executor(const LoadedModel& model, const Plan& plan,
                               const std::vector<std::vector<float>>& inputs) {
  KERNWISE_ASSIGN(Executor executor, Executor::create(model.graph, plan));
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    std::ranges::copy(inputs[i], executor.input(static_cast<int>(i)).begin());
  }
  return executor;
}

// All graph outputs, one after the other.
std::vector<float> outputs_of(const LoadedModel& model, const Executor& executor) {
  std::vector<float> all;
  for (std::size_t i = 0; i < model.graph.outputs.size(); ++i) {
    const auto values = executor.output(static_cast<int>(i));
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

Result<double> time_once(Executor& executor) {
  const auto start = Clock::now();
  executor.run();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Contestant named(std::string name, std::string version, Bytes peak) {
  Contestant contestant;
  contestant.name = std::move(name);
  contestant.version = std::move(version);
  contestant.peak_bytes = peak.value;
  return contestant;
}

Status check_names(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (name != "onednn" && name != "onnxruntime" && name != "fp32") {
      return invalid_input("there is no contestant '" + name + "'",
                           "--against takes onednn, onnxruntime and fp32");
    }
  }
  return Ok{};
}

}  // namespace

Result<BenchOutcome> bench_network(const BenchRequest& request, Progress& progress,
                                   const StopFlag& stop) {
  BenchOutcome out;
  KERNWISE_TRY(check_names(request.against));
  const auto takes_part = [&](std::string_view name) {
    return std::ranges::find(request.against, name) != request.against.end();
  };

  const Device device = describe_this_device();
  if (device.is_virtual && takes_part("onnxruntime")) {
    return unsupported(fmt::format("onnxruntime cannot be held to {}", to_string(device.isa)),
                       "leave --isa or this contestant out");
  }

  // The plans: ours (given, or made now), and oneDNN's own choice from the same store.
  LoadedModel model;
  if (!request.plan_file.empty()) {
    KERNWISE_ASSIGN(out.plan, load_plan(request.plan_file));
    if (out.plan.threads != request.plan.threads) {
      return invalid_input(fmt::format("the plan is for {} threads, the bench for {}",
                                       out.plan.threads, request.plan.threads),
                           "give the plan's number with --threads")
          .within(request.plan_file.string());
    }
    KERNWISE_TRY(check_plan_device(out.plan, /*any_device=*/false, out.warnings));
    KERNWISE_ASSIGN(model, load_model(request.plan.model, request.plan.onnx));
    auto same = check_plan_network(out.plan, model);
    if (!same.ok()) return std::move(same).error().within(request.plan_file.string());
  } else {
    PlanRequest plan = request.plan;
    plan.calibrate = false;
    KERNWISE_ASSIGN(PlanOutcome planned, plan_network(plan, progress, stop));
    out.plan = std::move(planned.plan);
    model = std::move(planned.model);
    out.warnings = std::move(planned.warnings);
  }
  out.predicted_s = out.plan.predicted_total_s;
  if (pin_to_cpus(request.plan.threads).empty()) {
    out.warnings.push_back("the process could not be bound to processors; timings are noisier");
  }

  std::vector<std::vector<float>> inputs;
  for (std::size_t i = 0; i < model.graph.inputs.size(); ++i) {
    const Shape4& shape = model.graph.values[static_cast<std::size_t>(model.graph.inputs[i])].shape;
    inputs.push_back(random_input(shape, request.seed + i));
  }

  std::vector<Runner> runners;
  KERNWISE_ASSIGN(Executor ours, make_executor(model, out.plan, inputs));
  runners.push_back(
      {named("kernwise", out.plan.build, ours.memory().peak()), [&] { return time_once(ours); }});

  std::optional<Executor> onednn;
  if (takes_part("onednn")) {
    PlanRequest auto_request = request.plan;
    auto_request.policy = Policy::kOnednnAuto;
    auto_request.calibrate = false;
    // Measures what the store lacks, should a plan file have come without its store.
    KERNWISE_ASSIGN(const PlanOutcome planned, plan_network(auto_request, progress, stop));
    KERNWISE_ASSIGN(Executor executor, make_executor(model, planned.plan, inputs));
    onednn.emplace(std::move(executor));
    runners.push_back({named("onednn", library_versions(), onednn->memory().peak()),
                       [&] { return time_once(*onednn); }});
  }
  std::optional<Executor> fp32;
  if (takes_part("fp32")) {
    KERNWISE_ASSIGN(const PlanOutcome planned, plan_network(request.plan, progress, stop));
    KERNWISE_ASSIGN(Executor executor, make_executor(model, planned.plan, inputs));
    fp32.emplace(std::move(executor));
    runners.push_back({named("fp32", planned.plan.build, fp32->memory().peak()),
                       [&] { return time_once(*fp32); }});
  }
  std::optional<OnnxRuntimePeer> onnxruntime;
  if (takes_part("onnxruntime")) {
    progress.update("Starting", 0, "onnxruntime");
    const std::filesystem::path script =
        request.onnxruntime_script.empty() ? find_onnxruntime_script() : request.onnxruntime_script;
    KERNWISE_ASSIGN(OnnxRuntimePeer peer,
                    OnnxRuntimePeer::start(script, model, inputs, request.plan.threads));
    onnxruntime.emplace(std::move(peer));
    runners.push_back({named("onnxruntime", onnxruntime->version(), Bytes{0}),
                       [&] { return onnxruntime->run(); }, /*in_this_process=*/false});
  }

  drop_weights(model);
  std::vector<std::size_t> order(runners.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng order_rng(request.seed);
  const auto start = Clock::now();
  for (int round = -kWarmUpRounds; round < request.rounds; ++round) {
    if (stop) return Error{ErrorCode::kInterrupted, "the bench was interrupted", {}, {}};
    const double spent = std::chrono::duration<double>(Clock::now() - start).count();
    if (round >= kFewestRounds && spent > request.max_time.value) break;
    // In a new order every round, so that nobody always runs behind the same neighbour.
    for (std::size_t i = 0; i + 1 < order.size(); ++i) {
      std::swap(order[i], order[static_cast<std::size_t>(order_rng.integer(
                              static_cast<int64_t>(i), static_cast<int64_t>(order.size()) - 1))]);
    }
    for (const std::size_t which : order) {
      Runner& runner = runners[which];
      std::this_thread::sleep_for(kPause);
      std::optional<BoundTeam> team;
      if (runner.in_this_process) team.emplace(request.plan.threads);
      // Waking threads that sleep is no part of a run: everybody's are awake when the clock starts.
      if (request.plan.threads > 1) KERNWISE_TRY(runner.run());
      KERNWISE_ASSIGN(const double seconds, runner.run());
      if (runner.in_this_process && onnxruntime) park_threads();
      if (round >= 0) runner.contestant.runs_s.push_back(seconds);
    }
    out.rounds = std::max(0, round + 1);
    progress.update("Benchmarking", static_cast<double>(out.rounds) / request.rounds,
                    model.path.filename().string());
  }
  progress.finish("Benchmarking", fmt::format("{} rounds", out.rounds));

  const std::vector<float> our_output = outputs_of(model, ours);
  const std::vector<double> expected(our_output.begin(), our_output.end());
  const std::vector<double> our_runs = runners[0].contestant.runs_s;
  Rng rng(request.seed);
  for (Runner& runner : runners) {
    Contestant& c = runner.contestant;
    c.median_s = median(c.runs_s);
    c.spread = median_spread(c.runs_s);
    c.ratio = paired_ratio(c.runs_s, our_runs, rng);
    if (c.name == "onednn") {
      c.output_difference = relative_error(outputs_of(model, *onednn), expected);
    } else if (c.name == "fp32") {
      c.output_difference = relative_error(outputs_of(model, *fp32), expected);
    } else if (c.name == "onnxruntime") {
      KERNWISE_ASSIGN(const std::vector<float> theirs, onnxruntime->output());
      if (theirs.size() != expected.size()) {
        return internal_error("onnxruntime's output has another size than ours");
      }
      c.output_difference = relative_error(theirs, expected);
      KERNWISE_ASSIGN(c.process_peak_bytes, onnxruntime->peak_bytes());
    }
    const double likely = out.plan.int8 ? 2 * out.plan.int8->max_relative_error : 1e-3;
    if (c.output_difference > likely) {
      out.warnings.push_back(fmt::format("{} computes something else: its output differs by {:.2g}",
                                         c.name, c.output_difference));
    }
    out.contestants.push_back(std::move(c));
  }
  return out;
}

}  // namespace kernwise
