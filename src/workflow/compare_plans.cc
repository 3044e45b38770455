// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compare_rows.h"

namespace kernwise {
namespace {

std::string layouts(Layout in, Layout out) {
  if (in == out) return std::string(to_string(in));
  return fmt::format("{} > {}", to_string(in), to_string(out));
}

std::vector<detail::NamedEntry> entries_of(const Plan& plan) {
  std::vector<detail::NamedEntry> list;
  for (const PlannedLayer& layer : plan.layers) {
    ComparedEntry entry;
    entry.primitive = layer.primitive;
    entry.layout = layouts(layer.in, layer.out);
    entry.time_s = layer.time_s;
    entry.low_s = layer.low_s;
    entry.high_s = layer.high_s;
    entry.memory = Bytes{layer.workspace_bytes};
    list.emplace_back(layer.layer, std::move(entry));
  }
  for (const PlannedTransform& t : plan.transforms) {
    if (t.primitive.empty()) continue;  // nothing is done
    ComparedEntry entry;
    entry.primitive = t.primitive;
    entry.layout = layouts(t.from, t.to);
    entry.time_s = t.time_s;
    list.emplace_back(fmt::format("transform of {} to {}", t.value, to_string(t.to)),
                      std::move(entry));
  }
  return list;
}

std::vector<detail::NamedEntry> entries_of(const RunOutcome& run) {
  std::vector<detail::NamedEntry> list;
  for (const StepTime& step : run.steps) {
    const StepBytes& bytes = step.step.bytes;
    ComparedEntry entry;
    entry.primitive = step.step.primitive;
    entry.layout = to_string(step.step.layout);
    entry.time_s = step.median_s;
    entry.memory = bytes.output + bytes.workspace + bytes.weights;
    list.emplace_back(step.step.name, std::move(entry));
  }
  return list;
}

double transforms_of(const Plan& plan) {
  return static_cast<double>(std::ranges::count_if(
      plan.transforms, [](const PlannedTransform& t) { return !t.primitive.empty(); }));
}

ComparedTotal bytes_total(const char* name, Bytes a, Bytes b) {
  return {name, ComparedUnit::kBytes, static_cast<double>(a.value), static_cast<double>(b.value)};
}

}  // namespace

Comparison compare_plans(const Plan& a, const Plan& b) {
  Comparison out;
  out.kind = ComparedKind::kPlans;
  out.facts = {{"network", a.network, b.network},
               {"network_hash", a.network_hash, b.network_hash},
               {"device", a.device_label, b.device_label},
               {"device_fingerprint", a.device, b.device},
               {"threads", std::to_string(a.threads), std::to_string(b.threads)},
               {"policy", a.policy, b.policy},
               {"protocol", a.protocol, b.protocol},
               {"libraries", a.libraries, b.libraries},
               {"build", a.build, b.build}};
  const auto count = [](auto n) { return std::optional(static_cast<double>(n)); };
  out.totals = {
      {"predicted_total", ComparedUnit::kSeconds, a.predicted_total_s, b.predicted_total_s},
      {"predicted_transforms", ComparedUnit::kSeconds, a.predicted_transforms_s,
       b.predicted_transforms_s},
      {"measured_total", ComparedUnit::kSeconds, detail::if_positive(a.measured_total_s),
       detail::if_positive(b.measured_total_s)},
      bytes_total("peak", {a.peak_bytes}, {b.peak_bytes}),
      {"layers", ComparedUnit::kCount, count(a.layers.size()), count(b.layers.size())},
      {"transforms", ComparedUnit::kCount, transforms_of(a), transforms_of(b)}};
  out.rows = detail::matched(entries_of(a), entries_of(b));
  if (a.predicted_total_s > 0 && b.predicted_total_s > 0) {
    const double ratio = b.predicted_total_s / a.predicted_total_s;
    out.slowdown = Comparison::Slowdown{ratio, ratio, ratio};
    out.slowdown_of = "predicted totals of the plans";
  } else {
    out.slowdown_of = "a plan's predicted total is 0";
  }
  return out;
}

Comparison compare_runs(const RunOutcome& a, const RunOutcome& b) {
  Comparison out;
  out.kind = ComparedKind::kRuns;
  out.facts = {{"network", a.plan.network, b.plan.network},
               {"network_hash", a.plan.network_hash, b.plan.network_hash},
               {"device", a.plan.device_label, b.plan.device_label},
               {"device_fingerprint", a.plan.device, b.plan.device},
               {"threads", std::to_string(a.plan.threads), std::to_string(b.plan.threads)},
               {"libraries", a.plan.libraries, b.plan.libraries},
               {"build", a.plan.build, b.plan.build},
               {"output_hash", a.output_hash, b.output_hash}};
  const auto error_of = [](const RunOutcome& run) {
    return run.verification ? std::optional(run.verification->worst_relative_error) : std::nullopt;
  };
  out.totals = {
      {"median", ComparedUnit::kSeconds, detail::if_positive(a.median_s),
       detail::if_positive(b.median_s)},
      {"predicted_total", ComparedUnit::kSeconds, detail::if_positive(a.plan.predicted_total_s),
       detail::if_positive(b.plan.predicted_total_s)},
      bytes_total("peak", a.memory.peak(), b.memory.peak()),
      bytes_total("activations", a.memory.activations, b.memory.activations),
      bytes_total("workspace", a.memory.workspace, b.memory.workspace),
      bytes_total("weights", a.memory.weights, b.memory.weights),
      {"worst_relative_error", ComparedUnit::kRatio, error_of(a), error_of(b)}};
  out.rows = detail::matched(entries_of(a), entries_of(b));
  if (a.median_s > 0 && b.median_s > 0) {
    const double ratio = b.median_s / a.median_s;
    const double spread = std::hypot(a.spread, b.spread);
    out.slowdown =
        Comparison::Slowdown{ratio, ratio * std::max(0.0, 1 - spread), ratio * (1 + spread)};
    out.slowdown_of = "medians of whole-network runs";
  } else {
    out.slowdown_of = "a side has no timed runs (--repeat 0)";
  }
  return out;
}

}  // namespace kernwise
