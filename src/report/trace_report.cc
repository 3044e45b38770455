// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/trace_report.h"

#include <fmt/format.h>

#include <map>

#include "json.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

constexpr double kMicro = 1e6;
constexpr double kBetweenRuns = 100;  // microseconds
constexpr int kProcess = 1, kThread = 1;

Json named(const char* what, const std::string& name) {
  return {
      {"name", what}, {"ph", "M"}, {"pid", kProcess}, {"tid", kThread}, {"args", {{"name", name}}}};
}

Json span(const std::string& name, std::string_view category, double start, double length,
          Json args) {
  return {{"name", name},  {"cat", category}, {"ph", "X"},      {"ts", start},
          {"dur", length}, {"pid", kProcess}, {"tid", kThread}, {"args", std::move(args)}};
}

Json counter(const char* name, double at, Json values) {
  return {{"name", name}, {"ph", "C"}, {"ts", at}, {"pid", kProcess}, {"args", std::move(values)}};
}

Json in_use(double at, Bytes activations, Bytes workspace) {
  return counter("memory in use (bytes)", at,
                 {{"activations", activations.value}, {"workspace", workspace.value}});
}

Json allocated(double at, const MemoryUse& memory) {
  return counter("memory allocated (bytes)", at,
                 {{"activations", memory.activations.value},
                  {"workspace", memory.workspace.value},
                  {"weights", memory.weights.value}});
}

// By step name: what the plan expected.
std::map<std::string, double> expected_of(const Plan& plan) {
  std::map<std::string, double> expected;
  for (const PlannedLayer& layer : plan.layers) expected[layer.layer] = layer.time_s;
  for (const PlannedTransform& t : plan.transforms) {
    expected[fmt::format("{}: {} > {}", t.value, to_string(t.from), to_string(t.to))] = t.time_s;
  }
  return expected;
}

Json args_of(const StepInfo& step, const std::map<std::string, double>& expected) {
  const auto found = expected.find(step.name);
  Json args = {{"primitive", detail::text_or_null(step.primitive)},
               {"layout", to_string(step.layout)},
               {"shape", detail::shape_text(step.shape)},
               {"planned_us",
                found == expected.end() ? Json(nullptr) : detail::number(kMicro * found->second)}};
  args.update(detail::to_json(step.bytes));
  return args;
}

}  // namespace

std::string trace_json(const RunOutcome& outcome) {
  KERNWISE_CHECK(outcome.trace.has_value());
  const RunTrace& trace = *outcome.trace;
  const auto expected = expected_of(outcome.plan);
  Json events = Json::array(
      {named("process_name", "kernwise run " + outcome.plan.network),
       named("thread_name", detail::plural(outcome.plan.threads, "thread") + ", steps in order")});
  double now = 0;
  for (std::size_t run = 0; run < trace.runs_s.size(); ++run) {
    const double start = now;
    events.push_back(allocated(start, outcome.memory));
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
      const StepInfo& step = trace.steps[i];
      const double length = kMicro * trace.runs_s[run][i];
      events.push_back(in_use(now, step.bytes.live, step.bytes.workspace));
      events.push_back(span(step.name, step.is_transform ? "transform" : "layer", now, length,
                            args_of(step, expected)));
      now += length;
    }
    // What is alive in the last step stays: the outputs wait to be read.
    if (!trace.steps.empty()) events.push_back(in_use(now, trace.steps.back().bytes.live, {0}));
    events.push_back(span(fmt::format("run {}", run + 1), "run", start, now - start,
                          {{"steps", trace.steps.size()}}));
    now += kBetweenRuns;
  }
  events.push_back(allocated(now, outcome.memory));
  return detail::dump({{"traceEvents", std::move(events)},
                       {"displayTimeUnit", "ms"},
                       {"otherData",
                        {{"schema", "kernwise.trace/1"},
                         {"network", outcome.plan.network},
                         {"network_hash", outcome.plan.network_hash},
                         {"device", outcome.plan.device_label},
                         {"build", outcome.plan.build},
                         {"threads", outcome.plan.threads}}}});
}

}  // namespace kernwise
