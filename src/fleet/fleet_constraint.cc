// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>

#include "kernwise/fleet/fleet_input.h"

namespace kernwise {
namespace {

struct Unit {
  std::string_view metric, name;
  double factor;  // into the unit of the tables
};
constexpr std::array<Unit, 16> kUnits = {{{"latency", "", 1},
                                          {"latency", "us", 1e-3},
                                          {"latency", "ms", 1},
                                          {"latency", "s", 1e3},
                                          {"energy", "", 1},
                                          {"energy", "uJ", 1e-3},
                                          {"energy", "mJ", 1},
                                          {"energy", "J", 1e3},
                                          {"memory", "", 1},
                                          {"memory", "bytes", 1.0 / 1048576},
                                          {"memory", "kB", 1e3 / 1048576},
                                          {"memory", "KiB", 1.0 / 1024},
                                          {"memory", "MB", 1e6 / 1048576},
                                          {"memory", "MiB", 1},
                                          {"memory", "GB", 1e9 / 1048576},
                                          {"memory", "GiB", 1024}}};

}  // namespace

std::string_view unit_of_metric(std::string_view metric) {
  if (metric == "latency") return "ms";
  if (metric == "energy") return "mJ";
  if (metric == "memory") return "MiB";
  return "";
}

Result<FleetConstraint> parse_fleet_constraint(const std::string& text) {
  const auto wrong = [&](const std::string& why) {
    return invalid_input(fmt::format("'{}' is no constraint: {}", text.substr(0, 80), why),
                         "write latency=15ms, energy=80mJ or memory=300MiB");
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return wrong("there is no '='");
  FleetConstraint constraint{text.substr(0, equals), 0};
  if (unit_of_metric(constraint.metric).empty()) {
    return wrong(fmt::format("'{}' is no metric", constraint.metric.substr(0, 40)));
  }
  const std::string value = text.substr(equals + 1);
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  if (end == value.c_str()) return wrong("there is no number");
  for (const Unit& unit : kUnits) {
    if (unit.metric != constraint.metric || unit.name != end) continue;
    constraint.bound = number * unit.factor;
    if (!(constraint.bound > 0) || !std::isfinite(constraint.bound)) {
      return wrong("a bound is a positive number");
    }
    return constraint;
  }
  return wrong(
      fmt::format("'{}' is no unit of {}", std::string(end).substr(0, 40), constraint.metric));
}

}  // namespace kernwise
