// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "training_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kernwise/base/statistics.h"
#include "kernwise/device/device.h"

namespace kernwise::detail {
namespace {

constexpr std::string_view kStepPrefix = "step:";

std::string step_primitive(const StepOptions& step) {
  if (step.inference) return "torch-inference";
  return fmt::format("torch-{}{}", to_string(step.optimizer),
                     step.weight_decay != 0 ? "-decay" : "");
}

std::string layer_primitive(const Layer& layer, bool backward, bool inference) {
  return fmt::format("torch-{}{}{}", layer.weights.batch_norm ? "batch-norm-" : "",
                     inference ? "inference-" : "", backward ? "backward" : "forward");
}

// The worker lowers the file that it reads; times of its layers must not go to others of the graph.
Status check_layers(const LayerGraph& graph, const TrainingOutcome& outcome) {
  if (outcome.layers.empty()) return Ok{};
  bool same = outcome.layers.size() == graph.layers.size();
  for (std::size_t i = 0; i < graph.layers.size() && same; ++i) {
    same = outcome.layers[i].layer == graph.layers[i].name;
  }
  if (same) return Ok{};
  return invalid_input(
      "the worker ran other layers than those that were predicted",
      "its version may differ from this one's, or the pruned network from the one planned");
}

}  // namespace

TrainingRecords::TrainingRecords(MeasurementKey key, int64_t limit_bytes,
                                 std::vector<Measurement> stored)
    : key_(std::move(key)), limit_bytes_(limit_bytes) {
  std::vector<Measurement> steps;
  for (Measurement& m : stored) {
    if (m.key.problem.starts_with(kStepPrefix)) {
      steps.push_back(std::move(m));
    } else if (m.key.metric == "time" && m.status == MeasurementStatus::kOk) {
      layer_s_.insert_or_assign({m.session, m.key.problem, m.key.primitive}, m.median_s);
    }
  }
  for (Measurement& m : combine_repetitions(std::move(steps))) {
    Name name{m.key.problem, m.key.primitive, m.key.metric};
    steps_.insert_or_assign(std::move(name), std::move(m));
  }
}

std::string TrainingRecords::step_problem(const std::string& network,
                                          const StepOptions& step) const {
  std::string problem = fmt::format("{}{}:n{}", kStepPrefix, network, step.batch);
  if (limit_bytes_ > 0) problem += fmt::format(":m{}", limit_bytes_);
  return problem;
}

const Measurement* TrainingRecords::look_up(const std::string& problem,
                                            const std::string& primitive,
                                            const std::string& metric) const {
  const auto found = steps_.find({problem, primitive, metric});
  return found == steps_.end() ? nullptr : &found->second;
}

std::optional<TrainingRecords::Known> TrainingRecords::find(const std::string& network,
                                                            const StepOptions& step) const {
  const std::string problem = step_problem(network, step), primitive = step_primitive(step);
  const Measurement* time = look_up(problem, primitive, "time");
  if (time == nullptr) return std::nullopt;
  Known known;
  if (time->status != MeasurementStatus::kOk) {
    const bool full = time->reason.starts_with(to_string(StepStatus::kOutOfMemory));
    known.status = full ? StepStatus::kOutOfMemory : StepStatus::kRefused;
    if (time->status == MeasurementStatus::kFailed && !full) known.status = StepStatus::kFailed;
    known.reason = time->reason;
    return known;
  }
  known.session = time->session;
  known.median_s = time->median_s;
  known.spread = time->spread;
  const auto number = [&](const char* metric) {
    const Measurement* m = look_up(problem, primitive, metric);
    return m == nullptr ? 0 : m->median_s;
  };
  known.update_s = number("update-time");
  known.allocated_bytes = static_cast<int64_t>(number("allocated-bytes"));
  known.reserved_bytes = static_cast<int64_t>(number("reserved-bytes"));
  known.process_bytes = static_cast<int64_t>(number("process-bytes"));
  return known;
}

TimedStep TrainingRecords::timed(const std::string& network, const StepOptions& step,
                                 const LayerGraph& graph, const Known& known) const {
  TimedStep timed;
  timed.network = network;
  timed.step = step;
  timed.update_s = known.update_s;
  timed.step_s = known.median_s;
  for (const Layer& layer : graph.layers) {
    TimedLayer times{class_of(layer), latency_features(layer)};
    const std::string problem = to_string(layer.problem);
    const auto seconds = [&](bool backward) {
      const auto found =
          layer_s_.find({known.session, problem, layer_primitive(layer, backward, step.inference)});
      return found == layer_s_.end() ? 0 : found->second;
    };
    times.forward_s = seconds(false);
    if (!step.inference) times.backward_s = seconds(true);
    timed.layers.push_back(times);
    timed.parameter_bytes += learned_bytes(layer);
    timed.parameter_tensors += learned_tensors(layer);
  }
  return timed;
}

Result<std::vector<Measurement>> TrainingRecords::measurements(
    const std::string& network, const StepOptions& step, const LayerGraph& graph,
    const TrainingOutcome& outcome) const {
  KERNWISE_TRY(check_layers(graph, outcome));
  std::vector<Measurement> list;
  const auto add = [&](std::string problem, std::string primitive, const char* metric,
                       std::vector<double> runs) -> Measurement& {
    Measurement& m = list.emplace_back();
    m.key = key_;
    m.key.problem = std::move(problem);
    m.key.primitive = std::move(primitive);
    m.key.metric = metric;
    m.key.protocol = kTrainingProtocol;
    m.runs_s = std::move(runs);
    if (m.runs_s.empty()) return m;
    m.median_s = median(m.runs_s);
    m.spread = median_spread(m.runs_s);
    m.grade = grade_of(m.spread);
    return m;
  };
  const std::string problem = step_problem(network, step), primitive = step_primitive(step);
  if (outcome.status != StepStatus::kOk) {
    Measurement& m = add(problem, primitive, "time", {});
    m.status = outcome.status == StepStatus::kRefused ? MeasurementStatus::kRefused
                                                      : MeasurementStatus::kFailed;
    m.reason = fmt::format("{}: {}", to_string(outcome.status), outcome.reason);
    return list;
  }
  add(problem, primitive, "time", outcome.steps_s);
  add(problem, primitive, "update-time", {outcome.phases.update_s});
  const auto bytes = [&](const char* metric, int64_t value) {
    add(problem, primitive, metric, {static_cast<double>(value)});
  };
  bytes("allocated-bytes", outcome.allocated_peak_bytes);
  bytes("reserved-bytes", outcome.reserved_peak_bytes);
  bytes("process-bytes", outcome.process_peak_bytes);
  // Layers alike are runs of one measurement.
  std::map<std::pair<std::string, std::string>, std::vector<double>> layers;
  for (std::size_t i = 0; i < std::min(graph.layers.size(), outcome.layers.size()); ++i) {
    const Layer& layer = graph.layers[i];
    const std::string name = to_string(layer.problem);
    layers[{name, layer_primitive(layer, false, step.inference)}].push_back(
        outcome.layers[i].forward_s);
    if (outcome.layers[i].backward_s <= 0) continue;
    layers[{name, layer_primitive(layer, true, step.inference)}].push_back(
        outcome.layers[i].backward_s);
  }
  for (auto& [key, runs] : layers) add(key.first, key.second, "time", std::move(runs));
  return list;
}

}  // namespace kernwise::detail
