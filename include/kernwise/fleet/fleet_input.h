// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What `kernwise fleet` is asked about, read from files (docs/formats/fleet_picks.md): a space, its
// accuracies, cost tables with a column for each device, devices and their bounds.
// Thread-safety: plain values.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/fleet/accuracy_model.h"
#include "kernwise/fleet/device_features.h"
#include "kernwise/fleet/latency_table.h"
#include "kernwise/fleet/space.h"

namespace kernwise {

// "latency=15ms", "energy=80mJ", "memory=300MiB": in the unit of the metric's tables.
struct FleetConstraint {
  std::string metric;
  double bound = 0;
};
// Units: latency us, ms, s; energy uJ, mJ, J; memory bytes, kB, KiB, MB, MiB, GB, GiB. Without one:
// ms, mJ, MiB, which are the units of tables.
Result<FleetConstraint> parse_fleet_constraint(const std::string& text);
std::string_view unit_of_metric(std::string_view metric);  // "ms", "mJ", "MiB"; "" if unknown

struct FleetFiles {
  std::filesystem::path devices;
  std::string space = "nb201";
  std::filesystem::path accuracy;
  // Empty: the only cost column, or the only one that is called accuracy or ends in "acc".
  std::string accuracy_column;
  std::vector<std::filesystem::path> latency, energy, memory;  // joined by design and device
  std::vector<FleetConstraint> constraints;                    // of all devices
  std::vector<std::filesystem::path> features;                 // of devices (device_features.h)
  // Operations of designs, for the baseline that ranks by them: a table with one cost column, or
  // one that is called mflops, flops, macs or operations. May be empty.
  std::filesystem::path operations;
};

struct FleetMetric {
  std::string name, unit;
  LatencyTable table;  // rows: the candidates
};

struct FleetDevice {
  std::string name;
  std::vector<double> bounds;  // one for each metric; NaN: none
};

struct FleetInput {
  DesignSpace space;
  std::vector<Design> designs;      // the candidates
  std::vector<int64_t> arch_index;  // of the tables, where they have one; else -1
  // Known where the file says so, else predicted from what it says.
  std::vector<double> accuracy, accuracy_deviation;  // deviation 0: known
  std::vector<double> accuracy_low, accuracy_high;   // 90 % interval; empty: all are known
  std::string accuracy_column;                       // what is maximised
  bool accuracy_predicted = false;                   // of some
  std::optional<AccuracyFigures> accuracy_figures;   // of the predictor
  int64_t accuracies_known = 0;
  std::vector<FleetMetric> metrics;
  std::vector<FleetDevice> devices;
  std::optional<DeviceFeatures> features;
  std::vector<double> operations;  // of each candidate, NaN where not known; may be empty
  std::vector<std::string> warnings;
};

// Of a space beyond 200 000 designs, candidates are those of the files, those that evolution finds
// to be good on known devices, and random ones.
Result<FleetInput> read_fleet(const FleetFiles& files, Rng& rng);

}  // namespace kernwise
