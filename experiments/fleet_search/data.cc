// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernwise/base/rng.h"
#include "kernwise/fleet/ranking.h"
#include "kernwise/fleet/space_table.h"
#include "kernwise/fleet/table_checks.h"
#include "kernwise/fleet/task.h"

namespace kernwise::experiments {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMostDesigns = 200'000;

// A task names its table relative to the folder of the data: beside the task, above it, or in the
// folder that was given.
fs::path table_of_task(const fs::path& task, const fs::path& data, const std::string& name) {
  for (const fs::path& folder : {task.parent_path(), task.parent_path().parent_path(), data}) {
    if (fs::exists(folder / name)) return folder / name;
  }
  return task.parent_path().parent_path() / name;
}

// Tables of several metrics carry units in their columns' names; what has none there (an arithmetic
// intensity) is not a cost. Where no column has one, all are costs.
bool has_unit(const std::string& name) {
  for (const char* ending : {"_ms", "_us", "_s", "_mJ", "_J", "_MiB", "_bytes"}) {
    if (name.ends_with(ending)) return true;
  }
  return false;
}

// One device twice, one computed from the other, or nearly so: meeting it would say nothing.
Twins twins_of(const LatencyTable& table, const std::vector<TableWarning>& warnings) {
  Twins twins(table, warnings);
  for (std::size_t a = 0; a < table.devices.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      if (twins.are(a, b)) continue;
      const double alike = spearman(table.device_costs(a), table.device_costs(b));
      if (std::abs(alike) > 0.9999) twins.join(a, b);
    }
  }
  return twins;
}

// Of twins the first is met; of a train device none is.
void choose_extra(std::size_t first, SearchData& data) {
  const auto& devices = data.table.devices;
  const bool any_unit =
      std::any_of(devices.begin() + static_cast<std::ptrdiff_t>(first), devices.end(), has_unit);
  for (std::size_t i = first; i < devices.size(); ++i) {
    const auto repeats = [&](std::size_t other) { return other != i && data.twins->are(other, i); };
    if (any_unit && !has_unit(devices[i])) {
      data.warnings.push_back(devices[i] + " has no unit and is left out");
    } else if (std::any_of(data.train.begin(), data.train.end(), repeats)) {
      data.warnings.push_back(devices[i] + " repeats a train device and is left out");
    } else if (std::any_of(data.extra.begin(), data.extra.end(), repeats)) {
      data.warnings.push_back(devices[i] + " repeats another column and is left out");
    } else {
      data.extra.push_back(i);
    }
  }
}

}  // namespace

Result<SearchData> read_search_data(const SearchFiles& files) {
  SearchData data;
  KERNWISE_ASSIGN(data.space, load_space(files.space));
  const fs::path task_file =
      files.task.empty() ? files.data / "help_nb201/tasks/nb201_help.json" : files.task;
  KERNWISE_ASSIGN(const FleetTask task, read_task(task_file));
  const fs::path table_file = table_of_task(task_file, files.data, task.table);
  KERNWISE_ASSIGN(const SpaceTable costs, read_space_table(data.space, table_file));
  Rng rng(1);
  data.designs = candidate_designs(data.space, costs.designs, kMostDesigns, rng);
  for (std::size_t row = 0; row < data.designs.size(); ++row) {
    data.row_of.emplace(data.designs[row], static_cast<int32_t>(row));
  }
  data.table = table_of(data.space, data.designs);
  if (join_costs(data.space, costs, data.table) > 0) {
    data.warnings.push_back("some rows of the table are beyond the designs looked at");
  }
  data.task_columns = data.table.devices.size();
  const auto column = [&](const std::string& name) -> Result<std::size_t> {
    if (const auto found = data.table.device(name)) return *found;
    return invalid_input(fmt::format("the task's device '{}' is not in its table", name));
  };
  for (const std::string& name : task.train_devices) {
    KERNWISE_ASSIGN(const std::size_t found, column(name));
    data.train.push_back(found);
  }
  for (const std::string& name : task.test_devices) {
    KERNWISE_ASSIGN(const std::size_t found, column(name));
    data.test.push_back(found);
  }
  const fs::path extra_file = files.extra.empty()
                                  ? files.data / "hwnasbench_nb201/hwnasbench_nb201_cifar100.csv.gz"
                                  : files.extra;
  std::size_t extra_first = data.table.devices.size();
  if (files.extra.empty() && !fs::exists(extra_file)) {
    data.warnings.push_back("no further costs: " + extra_file.string() + " is not there");
  } else {
    KERNWISE_ASSIGN(const SpaceTable extra, read_space_table(data.space, extra_file));
    const std::size_t first = data.table.devices.size();
    join_costs(data.space, extra, data.table);
    extra_first = first;
  }
  const std::vector<TableWarning> checks = check_table(data.table);
  for (const TableWarning& warning : checks) {
    data.warnings.push_back(warning.message);
    if (warning.kind == TableWarningKind::kSimulated) data.simulated.insert(warning.device);
  }
  data.twins = twins_of(data.table, checks);
  choose_extra(extra_first, data);
  const fs::path accuracy_file =
      files.accuracy.empty() ? files.data / "nb201_accuracy/nb201_accuracy.csv.gz" : files.accuracy;
  KERNWISE_ASSIGN(const SpaceTable scores, read_space_table(data.space, accuracy_file));
  LatencyTable joined = table_of(data.space, data.designs);
  join_costs(data.space, scores, joined);
  const auto found = joined.device(files.accuracy_column);
  if (!found) {
    return invalid_input(
        fmt::format("{} has no column '{}'", accuracy_file.string(), files.accuracy_column),
        "name it with --accuracy-column");
  }
  const auto values = joined.device_costs(*found);
  data.accuracy.assign(values.begin(), values.end());
  for (const Design& design : data.designs) {
    data.identity.push_back(data.space.graph ? cell_identity(data.space, design)
                                             : design_string(data.space, design));
  }
  return data;
}

}  // namespace kernwise::experiments
