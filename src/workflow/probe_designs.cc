// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/probe_designs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "kernwise/base/csv.h"
#include "kernwise/base/file.h"
#include "kernwise/base/statistics.h"
#include "kernwise/base/temporary_folder.h"
#include "kernwise/fleet/design_network.h"
#include "kernwise/fleet/space_table.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/workflow/run_plan.h"

namespace kernwise {
namespace {

namespace fs = std::filesystem;

std::string csv_of(const DesignSpace& space, const std::string& device,
                   const std::vector<DesignMeasurement>& measurements) {
  std::string text;
  for (const SpacePosition& position : space.positions) text += position.name + ",";
  append_csv_field(text, device);
  text += "\n";
  for (const DesignMeasurement& m : measurements) {
    for (std::size_t p = 0; p < m.design.size(); ++p) {
      // Choices of operations by number, as public tables have them; others by their label.
      const SpacePosition& position = space.positions[p];
      text += position.kind == PositionKind::kOperation ? std::to_string(m.design[p])
                                                        : position.choices[m.design[p]];
      text += ",";
    }
    // A latency beyond all numbers is how tables say that the design failed there.
    text += std::isnan(m.latency_s) ? "inf\n" : fmt::format("{:.6g}\n", 1e3 * m.latency_s);
  }
  return text;
}

using Latencies = std::map<Design, double>;  // in seconds

// Latencies in seconds that an earlier call left; failed ones are tried again.
Result<Latencies> earlier_results(const ProbeDesignsRequest& request) {
  Latencies known;
  std::error_code ignored;
  if (request.results.empty() || !fs::exists(request.results, ignored)) return known;
  KERNWISE_ASSIGN(const SpaceTable table, read_space_table(request.space, request.results));
  const auto column = table.table.device(request.device);
  if (!column || table.table.devices.size() != 1) {
    return invalid_input(
               fmt::format("it holds no measurements of '{}' alone", request.device),
               "name another file behind -o, or the device that the file is of with --device")
        .within(request.results.string());
  }
  for (std::size_t row = 0; row < table.designs.size(); ++row) {
    const double ms = table.table.device_costs(*column)[row];
    if (!std::isnan(ms)) known[table.designs[row]] = 1e-3 * ms;
  }
  return known;
}

// kUnsupported of one design is a failed measurement; anything else ends the probe.
Result<DesignMeasurement> measure(const ProbeDesignsRequest& request, const Design& design,
                                  const fs::path& folder, Progress& progress,
                                  const StopFlag& stop) {
  DesignMeasurement m{design, std::numeric_limits<double>::quiet_NaN(), 0, 0, false, {}};
  KERNWISE_ASSIGN(const Network network,
                  design_network(request.space, design, {.seed = request.seed}));
  const fs::path model = folder / "design.onnx", plan = folder / "design.plan.json";
  KERNWISE_TRY(write_onnx(network, model));
  PlanRequest planning = request.plan;
  planning.model = model;
  planning.calibrate = false;
  Result<PlanOutcome> planned = plan_network(planning, progress, stop);
  if (!planned.ok()) {
    // What a recorded device has no record of is an error of the whole probe: asking for the next
    // design would only hide it.
    if (planned.error().code != ErrorCode::kUnsupported || request.plan.recorded)
      return std::move(planned).error();
    m.failure = planned.error().message;
    return m;
  }
  m.predicted_s = planned->plan.predicted_total_s;
  if (request.plan.recorded) {
    const double whole = planned->plan.measured_total_s;
    m.latency_s = whole > 0 ? whole : m.predicted_s;
    return m;
  }
  if (request.planned_only) {
    m.latency_s = m.predicted_s;
    return m;
  }
  KERNWISE_TRY(save_plan(planned->plan, plan));
  RunRequest run;
  run.plan = plan;
  run.model = model;
  run.repeat = request.repeat;
  run.seed = request.seed;
  KERNWISE_ASSIGN(const RunOutcome ran, run_plan(run, progress, stop));
  m.latency_s = ran.median_s;
  m.spread = ran.spread;
  return m;
}

}  // namespace

Result<ProbeDesignsOutcome> probe_designs(const ProbeDesignsRequest& request, Progress& progress,
                                          const StopFlag& stop) {
  ProbeDesignsOutcome outcome{.device = request.device,
                              .measurements = {},
                              .measured = 0,
                              .planned = 0,
                              .resumed = 0,
                              .failed = 0,
                              .warnings = {}};
  KERNWISE_ASSIGN(Latencies known, earlier_results(request));
  KERNWISE_ASSIGN(const TemporaryFolder folder, TemporaryFolder::make());
  std::map<Design, bool> asked;
  bool quantised = false;
  for (std::size_t i = 0; i < request.designs.size(); ++i) {
    const Design& design = request.designs[i];
    if (std::exchange(asked[design], true)) continue;
    for (std::size_t p = 0; p < design.size(); ++p) {
      const SpacePosition& position = request.space.positions[p];
      quantised = quantised ||
                  (position.kind == PositionKind::kBits && position.choices[design[p]] != "32");
    }
    if (const auto found = known.find(design); found != known.end()) {
      outcome.measurements.push_back({design, found->second, 0, 0, true, {}});
      ++outcome.resumed;
      continue;
    }
    Result<DesignMeasurement> m = measure(request, design, folder.path(), progress, stop);
    if (!m.ok()) return std::move(m).error().within(design_string(request.space, design));
    ++(!m->failure.empty()    ? outcome.failed
       : request.planned_only ? outcome.planned
                              : outcome.measured);
    outcome.measurements.push_back(std::move(m).value());
    if (!request.results.empty()) {
      // What an earlier call measured and this one does not ask for stays in the file.
      std::vector<DesignMeasurement> all;
      Latencies rest = known;
      for (const DesignMeasurement& one : outcome.measurements) rest.erase(one.design);
      for (const auto& [other, latency] : rest) all.push_back({other, latency, 0, 0, true, {}});
      all.insert(all.end(), outcome.measurements.begin(), outcome.measurements.end());
      KERNWISE_TRY(write_file(request.results, csv_of(request.space, request.device, all)));
    }
    progress.update("Probing", static_cast<double>(i + 1) / request.designs.size(),
                    design_string(request.space, design));
  }
  if (request.plan.recorded) {
    outcome.warnings.push_back(notice_of(*request.plan.recorded) +
                               "; latencies are sums of layers and transforms where the store "
                               "holds no run of the whole design");
  }
  if (request.planned_only && outcome.planned > 0) {
    outcome.warnings.push_back(
        "these latencies are totals of plans, the sums of their layers: no design was run");
  }
  if (quantised) {
    outcome.warnings.push_back(
        "weights of fewer than 32 bits are rounded, but computed as float32: their latency is that "
        "of float32");
  }
  return outcome;
}

}  // namespace kernwise
