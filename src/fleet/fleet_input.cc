// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/fleet_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "evolved_candidates.h"
#include "fleet_device.h"
#include "kernwise/base/csv_table.h"
#include "kernwise/fleet/space_table.h"
#include "kernwise/fleet/table_checks.h"

namespace kernwise {
namespace {

constexpr std::size_t kMostCandidates = 200'000;
// A Gaussian process takes that many; more accuracies than these are known for most designs anyway.
constexpr std::size_t kMostAccuracies = 600;
constexpr std::size_t kRandomCandidates = 2000;
constexpr int kProxies = 3;  // devices whose Pareto sets are looked for in a space beyond listing
constexpr std::size_t kMostDevices = 100'000;  // in the list
constexpr std::size_t kMostChecked = 100;      // devices; every pair of them is compared
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

Result<double> bound_cell(const CsvTable& csv, std::size_t row, std::size_t column) {
  const std::string text(csv.cell(row, column));
  if (text.empty() || text == "NA" || text == "-1") return kMissing;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (*end != 0 || !(value > 0) || !std::isfinite(value)) {
    return invalid_input(
        fmt::format("line {}: '{}' is no bound", csv.line(row), text.substr(0, 80)),
        "a bound is a positive number in ms, mJ or MiB, or blank");
  }
  return value;
}

// A bound that would be passed over silently is an error: of a metric without a table, or in
// another unit.
Status check_bounds(const CsvTable& csv, const std::vector<FleetMetric>& metrics) {
  std::string known;
  for (const FleetMetric& metric : metrics) {
    known += fmt::format("{}max_{}_{}", known.empty() ? "" : ", ", metric.name, metric.unit);
  }
  for (const std::string& name : csv.header()) {
    if (!name.starts_with("max_") && !name.starts_with("min_")) continue;
    const bool meant = std::any_of(metrics.begin(), metrics.end(), [&](const FleetMetric& metric) {
      return name == fmt::format("max_{}_{}", metric.name, metric.unit);
    });
    if (meant) continue;
    return invalid_input(
        fmt::format("column {} bounds nothing that there is a table of", shown_cell(name)),
        fmt::format("bounds are {}; another metric needs its table (--energy, --memory)", known));
  }
  return Ok{};
}

// Columns: device, and optionally max_latency_ms, max_energy_mJ, max_memory_MiB.
Result<std::vector<FleetDevice>> read_devices(const FleetFiles& files,
                                              const std::vector<FleetMetric>& metrics) {
  KERNWISE_ASSIGN(const CsvTable csv, read_csv(files.devices));
  const auto names = csv.column("device");
  if (!names) {
    return invalid_input("there is no column 'device'",
                         "a list of devices has a column 'device' with a name in each row");
  }
  KERNWISE_TRY(check_bounds(csv, metrics));
  std::vector<FleetDevice> devices;
  std::set<std::string> seen;
  for (std::size_t row = 0; row < csv.rows(); ++row) {
    FleetDevice device{std::string(csv.cell(row, *names)),
                       std::vector<double>(metrics.size(), kMissing)};
    if (device.name.empty()) {
      return invalid_input(fmt::format("line {}: a device has no name", csv.line(row)));
    }
    if (!seen.insert(device.name).second) {
      return invalid_input(fmt::format("line {}: '{}' stands there twice", csv.line(row),
                                       device.name.substr(0, 80)));
    }
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      for (const FleetConstraint& constraint : files.constraints) {
        if (constraint.metric == metrics[m].name) device.bounds[m] = constraint.bound;
      }
      const auto own = csv.column(fmt::format("max_{}_{}", metrics[m].name, metrics[m].unit));
      if (!own) continue;
      KERNWISE_ASSIGN(const double bound, bound_cell(csv, row, *own));
      if (!std::isnan(bound)) device.bounds[m] = bound;
    }
    const bool bounded = std::any_of(device.bounds.begin(), device.bounds.end(),
                                     [](double bound) { return !std::isnan(bound); });
    if (!bounded) {
      return invalid_input(fmt::format("'{}' has no bound", device.name.substr(0, 80)),
                           "give one to all with --constraint latency=15ms, or to each in a "
                           "column max_latency_ms");
    }
    devices.push_back(std::move(device));
  }
  if (devices.empty()) return invalid_input("the list of devices is empty");
  if (devices.size() > kMostDevices) {
    return invalid_input(fmt::format("over {} devices", kMostDevices), "plan them in parts");
  }
  return devices;
}

Result<std::string> accuracy_column(const FleetFiles& files, const LatencyTable& table) {
  if (!files.accuracy_column.empty()) {
    if (table.device(files.accuracy_column)) return files.accuracy_column;
    return invalid_input(fmt::format("there is no column '{}'", files.accuracy_column));
  }
  if (table.devices.size() == 1) return table.devices[0];
  std::vector<std::string> meant;
  for (const std::string& name : table.devices) {
    if (name == "accuracy" || name.ends_with("acc")) meant.push_back(name);
  }
  if (meant.size() == 1) return meant[0];
  std::vector<std::string> shown = meant.empty() ? table.devices : meant;
  shown.resize(std::min(shown.size(), std::size_t{20}));
  return invalid_input(
      "it is not clear which column is the accuracy",
      fmt::format("choose with --accuracy-column from {}", fmt::join(shown, ", ")));
}

// What the baseline by operations ranks designs by.
Status read_operations(const FleetFiles& files, FleetInput& input) {
  KERNWISE_ASSIGN(const SpaceTable counts, read_space_table(input.space, files.operations));
  LatencyTable joined = table_of(input.space, input.designs);
  join_costs(input.space, counts, joined);
  std::optional<std::size_t> column;
  if (joined.devices.size() == 1) column = 0;
  for (const char* name : {"operations", "macs", "flops", "mflops"}) {
    if (const auto there = joined.device(name)) column = there;
  }
  if (!column) {
    return invalid_input("it is not clear which column counts operations",
                         "call it 'operations', or leave the other ones out")
        .within(files.operations.string());
  }
  const auto values = joined.device_costs(*column);
  input.operations.assign(values.begin(), values.end());
  return Ok{};
}

Status learn_accuracy(FleetInput& input, Rng& rng) {
  std::vector<std::size_t> known;
  for (std::size_t row = 0; row < input.accuracy.size(); ++row) {
    if (!std::isnan(input.accuracy[row])) known.push_back(row);
  }
  input.accuracies_known = static_cast<int64_t>(known.size());
  input.accuracy_deviation.assign(input.accuracy.size(), 0);
  if (known.size() == input.accuracy.size()) return Ok{};
  for (std::size_t i = 0; i < std::min(known.size(), kMostAccuracies); ++i) {
    const auto last = static_cast<int64_t>(known.size()) - 1;
    std::swap(known[i],
              known[static_cast<std::size_t>(rng.integer(static_cast<int64_t>(i), last))]);
  }
  known.resize(std::min(known.size(), kMostAccuracies));
  std::vector<Design> designs;
  std::vector<double> truth;
  for (const std::size_t row : known) {
    designs.push_back(input.designs[row]);
    truth.push_back(input.accuracy[row]);
  }
  KERNWISE_ASSIGN(const AccuracyModel model, fit_accuracy(input.space, designs, truth));
  input.accuracy_predicted = true;
  input.accuracy_low = input.accuracy_high = input.accuracy;
  input.accuracy_figures = model.figures();
  for (std::size_t row = 0; row < input.accuracy.size(); ++row) {
    if (!std::isnan(input.accuracy[row])) continue;
    const PredictedAccuracy p = model.predict(input.space, input.designs[row]);
    input.accuracy[row] = p.mean;
    input.accuracy_deviation[row] = p.deviation;
    input.accuracy_low[row] = p.low;
    input.accuracy_high[row] = p.high;
  }
  return Ok{};
}

// Pareto sets on known devices, by evolution.
Result<std::vector<Design>> promising_designs(const DesignSpace& space,
                                              const std::vector<Design>& known,
                                              const std::vector<SpaceTable>& parts,
                                              const SpaceTable& scores, const std::string& column,
                                              Rng& rng) {
  const std::set<Design> distinct(known.begin(), known.end());
  const std::vector<Design> designs(distinct.begin(), distinct.end());
  LatencyTable costs = table_of(space, designs), accuracy = costs;
  for (const SpaceTable& part : parts) join_costs(space, part, costs);
  join_costs(space, scores, accuracy);
  if (detail::source_columns(costs).empty()) return std::vector<Design>();
  return detail::evolved_candidates(space, designs, costs,
                                    accuracy.device_costs(*accuracy.device(column)), kProxies, rng);
}

}  // namespace

Result<FleetInput> read_fleet(const FleetFiles& files, Rng& rng) {
  FleetInput input;
  KERNWISE_ASSIGN(input.space, load_space(files.space));
  const std::pair<const char*, const std::vector<std::filesystem::path>*> sources[] = {
      {"latency", &files.latency}, {"energy", &files.energy}, {"memory", &files.memory}};
  std::vector<Design> known;
  std::vector<std::pair<std::string, std::vector<SpaceTable>>> tables;
  for (const auto& [metric, paths] : sources) {
    if (paths->empty()) continue;
    tables.emplace_back(metric, std::vector<SpaceTable>());
    for (const auto& path : *paths) {
      KERNWISE_ASSIGN(SpaceTable table, read_space_table(input.space, path));
      known.insert(known.end(), table.designs.begin(), table.designs.end());
      tables.back().second.push_back(std::move(table));
    }
  }
  for (const FleetConstraint& constraint : files.constraints) {
    const bool there = std::any_of(tables.begin(), tables.end(), [&](const auto& table) {
      return table.first == constraint.metric;
    });
    if (there) continue;
    return invalid_input(
        fmt::format("{} is bounded, but nothing is known of it", constraint.metric),
        fmt::format("give a table with --{}", constraint.metric));
  }
  if (tables.empty()) return invalid_input("there is no table of costs", "give one with --latency");
  KERNWISE_ASSIGN(const SpaceTable scores, read_space_table(input.space, files.accuracy));
  known.insert(known.end(), scores.designs.begin(), scores.designs.end());
  Result<std::string> column = accuracy_column(files, scores.table);
  if (!column.ok()) return std::move(column).error().within(files.accuracy.string());
  std::size_t limit = kMostCandidates;
  const auto count = combinations(input.space);
  if (!count || *count > static_cast<int64_t>(kMostCandidates)) {
    KERNWISE_ASSIGN(const std::vector<Design> found,
                    promising_designs(input.space, known, tables[0].second, scores, *column, rng));
    known.insert(known.begin(), found.begin(), found.end());
    limit = known.size() + kRandomCandidates;
    input.warnings.push_back(
        fmt::format("the space cannot be listed: candidates are the designs of the files, {} found "
                    "by evolution "
                    "and up to {} random ones",
                    found.size(), kRandomCandidates));
  }
  input.designs = candidate_designs(input.space, known, limit, rng);
  LatencyTable accuracy = table_of(input.space, input.designs);
  join_costs(input.space, scores, accuracy);
  const auto values = accuracy.device_costs(*accuracy.device(*column));
  input.accuracy.assign(values.begin(), values.end());
  input.accuracy_column = *column;
  for (auto& [metric, parts] : tables) {
    FleetMetric joined{metric, std::string(unit_of_metric(metric)),
                       table_of(input.space, input.designs)};
    for (SpaceTable& part : parts) {
      if (part.table.devices.size() <= kMostChecked) {
        for (const TableWarning& warning : check_table(part.table)) {
          input.warnings.push_back(warning.message);
        }
      } else {
        input.warnings.push_back(fmt::format(
            "{} devices in one table: it was not searched for twins", part.table.devices.size()));
      }
      const int64_t beyond = join_costs(input.space, part, joined.table);
      if (beyond > 0) {
        input.warnings.push_back(
            fmt::format("{} designs of a {} table are no candidates", beyond, metric));
      }
      part = SpaceTable();  // a large table is not kept twice
    }
    input.metrics.push_back(std::move(joined));
  }
  Status learnt = learn_accuracy(input, rng);
  if (!learnt.ok()) return std::move(learnt).error().within(files.accuracy.string());
  Result<std::vector<FleetDevice>> devices = read_devices(files, input.metrics);
  if (!devices.ok()) return std::move(devices).error().within(files.devices.string());
  input.devices = std::move(devices).value();
  input.arch_index = accuracy.index;
  if (!files.operations.empty()) KERNWISE_TRY(read_operations(files, input));
  if (!files.features.empty()) {
    KERNWISE_ASSIGN(input.features, read_device_features(files.features));
  }
  return input;
}

}  // namespace kernwise
