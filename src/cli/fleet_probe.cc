// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "fleet_probe.h"

#include <fmt/format.h>

#include "device_flag.h"
#include "kernwise/base/csv_table.h"
#include "kernwise/device/device.h"
#include "kernwise/fleet/space_table.h"
#include "kernwise/report/fleet_report.h"

namespace kernwise::cli {
namespace {

// The rows of the file that are of this device: all of them where it names none.
Result<std::vector<Design>> designs_asked(const DesignSpace& space, const std::string& file,
                                          const std::string& device) {
  KERNWISE_ASSIGN(const CsvTable csv, read_csv(file));
  Result<std::vector<Design>> named = designs_in(space, csv);
  if (!named.ok()) return std::move(named).error().within(file);
  const std::vector<Design> all = std::move(named).value();
  const auto column = csv.column("device");
  std::vector<Design> designs;
  for (std::size_t row = 0; row < csv.rows(); ++row) {
    if (!column || device.empty() || csv.cell(row, *column) == device) designs.push_back(all[row]);
  }
  if (designs.empty()) {
    return invalid_input(fmt::format("it asks nothing of '{}'", device),
                         "name a device that stands in its column 'device'")
        .within(file);
  }
  return designs;
}

}  // namespace

void FleetProbeFlags::declare(Arguments& arguments) {
  arguments.text("--device", device, "NAME",
                 "of this machine: rows to measure, column to write (all rows; its label); or "
                 "replay:STORE, with probe");
  arguments.integer("--repeat", repeat, 1, 100'000, "timed runs of a design (30)");
  arguments.duration("--budget", budget, "measuring for the plan of a design (20s)");
  arguments.choice("--costs", costs, {"auto", "measured", "predicted", "mixed"},
                   "of the plans (measured)");
  arguments.flag("--planned", planned,
                 "run nothing: totals of plans, from the store (--budget 0s) or a model's costs");
}

bool FleetProbeFlags::any() const {
  const FleetProbeFlags none;
  return !device.empty() || planned || repeat != none.repeat || costs != none.costs ||
         budget.value != none.budget.value;
}

Result<int> run_fleet_probe(Session& session, const FleetProbeFlags& flags,
                            const std::string& space, const std::vector<std::string>& words,
                            const std::filesystem::path& output) {
  if (words.size() != 2) {
    return invalid_input("'fleet probe' needs one file of designs",
                         "kernwise fleet probe ask.csv --device phone -o lat-phone.csv");
  }
  if (flags.planned && flags.repeat != FleetProbeFlags().repeat) {
    return invalid_input("--repeat is for designs that are run", "leave out --planned or --repeat");
  }
  const bool replay = is_replay(flags.device);
  if (!replay) KERNWISE_TRY(session.check_threads());
  KERNWISE_TRY(check_writable(output));
  ProbeDesignsRequest request;
  KERNWISE_ASSIGN(request.space, load_space(space));
  KERNWISE_ASSIGN(request.plan.recorded, recorded_device(replay ? flags.device : "", session));
  request.device = replay ? "" : flags.device;
  KERNWISE_ASSIGN(request.designs, designs_asked(request.space, words[1], request.device));
  if (request.device.empty()) {
    const Isa isa = replay ? request.plan.recorded->device.isa : isa_in_use();
    request.device = fmt::format("{}-{}t", to_string(isa), session.threads());
  }
  if (flags.planned) request.device += "-planned";
  request.results = output;
  request.repeat = static_cast<int>(flags.repeat);
  request.seed = session.seed();
  request.planned_only = flags.planned;
  request.plan.store = session.store();
  request.plan.threads = session.threads();
  request.plan.budget = flags.budget;
  request.plan.costs = flags.costs == "predicted" ? CostSource::kPredicted
                       : flags.costs == "mixed"   ? CostSource::kMixed
                       : flags.costs == "auto"    ? CostSource::kAuto
                                                  : CostSource::kMeasured;
  KERNWISE_ASSIGN(const ProbeDesignsOutcome outcome,
                  probe_designs(request, session.progress(), session.stop()));
  session.warn_all(outcome.warnings);
  std::vector<ReportOption> options;
  options.push_back({"space", space});
  options.push_back({"file", words[1]});
  options.push_back({"device", request.device});
  options.push_back({"results", output.string()});
  options.push_back({"repeat", flags.repeat});
  options.push_back({"budget_s", flags.budget.value});
  options.push_back({"costs", flags.costs});
  options.push_back({"planned", flags.planned});
  const std::string report =
      session.json()
          ? fleet_probe_json(request.space, outcome, session.envelope(std::move(options)))
          : fleet_probe_text(request.space, outcome, session.style());
  KERNWISE_TRY(session.deliver(report));
  return outcome.failed == 0 ? 0 : static_cast<int>(ErrorCode::kCriterionFailed);
}

}  // namespace kernwise::cli
