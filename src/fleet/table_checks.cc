// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/table_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernwise/base/statistics.h"
#include "kernwise/fleet/ranking.h"

namespace kernwise {
namespace {

// Two runs of one phone or GPU agree to about .99; what is above is one column twice, or a twin.
constexpr double kTwinSpearman = 0.998;
// Ties that take more than this from the best possible rank correlation.
constexpr double kCoarseLoss = 0.001;
// Steps of a value below this share of its range are too fine for values to meet by chance.
constexpr double kFineStep = 1e-4;
constexpr double kSharedBySimulation = 0.5;
constexpr std::size_t kTwinRows = 2000;  // enough to tell .998 from .99

struct Column {
  std::size_t device = 0;
  std::vector<double> sorted;  // without missing ones
};

Column column_of(const LatencyTable& table, std::size_t device) {
  Column column{device, {}};
  for (const double cost : table.device_costs(device)) {
    if (!std::isnan(cost)) column.sorted.push_back(cost);
  }
  std::sort(column.sorted.begin(), column.sorted.end());
  return column;
}

// Share of values that are not the only ones of their kind, and the smallest distance that two
// different values have, relative to the range of the middle 90 %.
struct Grain {
  double shared = 0, step = 0;
};

Grain grain_of(const std::vector<double>& sorted) {
  const std::size_t n = sorted.size();
  const double range = sorted[n - 1 - n / 20] - sorted[n / 20];
  std::size_t shared = 0;
  double step = sorted.back() - sorted.front();
  for (std::size_t i = 0; i < n; ++i) {
    const bool left = i > 0 && sorted[i] == sorted[i - 1];
    const bool right = i + 1 < n && sorted[i] == sorted[i + 1];
    if (left || right) ++shared;
    if (i > 0 && !left) step = std::min(step, sorted[i] - sorted[i - 1]);
  }
  return {static_cast<double>(shared) / static_cast<double>(n), range > 0 ? step / range : 0};
}

void check_values(const LatencyTable& table, std::size_t d, std::vector<TableWarning>& warnings) {
  const std::string& name = table.devices[d];
  const Column column = column_of(table, d);
  const std::size_t there = column.sorted.size();
  const auto add = [&](TableWarningKind kind, std::string message) {
    warnings.push_back({kind, name, "", std::move(message)});
  };
  if (table.failed[d] > 0) {
    add(TableWarningKind::kFailed,
        fmt::format("'{}': {} values cannot be a cost (zero, negative, infinite) and count as "
                    "missing",
                    name, table.failed[d]));
  }
  if (there + static_cast<std::size_t>(table.failed[d]) < table.rows()) {
    add(TableWarningKind::kMissing,
        fmt::format("'{}': {} of {} values are missing", name, table.rows() - there, table.rows()));
  }
  if (there < 20) return;
  if (column.sorted.front() == column.sorted.back()) {
    add(TableWarningKind::kConstant, fmt::format("'{}' has one value only", name));
    return;
  }
  const double ceiling = tie_ceiling(column.sorted);
  const Grain grain = grain_of(column.sorted);
  if (grain.step < kFineStep && grain.shared > kSharedBySimulation) {
    add(TableWarningKind::kSimulated,
        fmt::format("'{}': {:.0f} % of the designs share their value exactly with another one "
                    "though values are given finely: computed or simulated, not measured",
                    name, 100 * grain.shared));
  } else if (ceiling < 1 - kCoarseLoss) {
    add(TableWarningKind::kCoarse,
        fmt::format("'{}' is rounded coarsely: ties alone keep the rank correlation below {:.4f}",
                    name, ceiling));
  }
}

void check_twins(const LatencyTable& table, std::vector<TableWarning>& warnings) {
  const std::size_t stride = std::max<std::size_t>(1, table.rows() / kTwinRows);
  std::vector<std::vector<double>> some(table.devices.size());
  for (std::size_t d = 0; d < some.size(); ++d) {
    const auto costs = table.device_costs(d);
    for (std::size_t row = 0; row < table.rows(); row += stride) some[d].push_back(costs[row]);
  }
  for (std::size_t a = 0; a < some.size(); ++a) {
    for (std::size_t b = a + 1; b < some.size(); ++b) {
      std::vector<double> ratios;
      for (std::size_t i = 0; i < some[a].size(); ++i) {
        const double ratio = some[b][i] / some[a][i];
        if (!std::isnan(ratio)) ratios.push_back(ratio);
      }
      if (ratios.size() < 20) continue;
      const double correlation = spearman(some[a], some[b]);
      if (correlation < kTwinSpearman) continue;
      warnings.push_back(
          {TableWarningKind::kDuplicate, table.devices[a], table.devices[b],
           fmt::format(
               "'{}' and '{}' rank designs the same (Spearman {:.4f}, median ratio {:.3f}): "
               "one device twice, or twins",
               table.devices[a], table.devices[b], correlation, median(ratios))});
    }
  }
}

}  // namespace

std::string_view to_string(TableWarningKind kind) {
  switch (kind) {
    case TableWarningKind::kDuplicate: return "duplicate-device";
    case TableWarningKind::kMissing: return "missing-values";
    case TableWarningKind::kFailed: return "failed-values";
    case TableWarningKind::kCoarse: return "coarse-rounding";
    case TableWarningKind::kSimulated: return "simulated-device";
    case TableWarningKind::kConstant: return "constant-device";
  }
  return "unknown";
}

std::vector<TableWarning> check_table(const LatencyTable& table) {
  std::vector<TableWarning> warnings;
  check_twins(table, warnings);
  for (std::size_t d = 0; d < table.devices.size(); ++d) check_values(table, d, warnings);
  std::stable_sort(warnings.begin(), warnings.end(),
                   [](const TableWarning& a, const TableWarning& b) { return a.kind < b.kind; });
  return warnings;
}

}  // namespace kernwise
