// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What fleet_search works on: all designs of a space with accuracies and costs of many devices.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "../twins.h"
#include "kernwise/base/result.h"
#include "kernwise/fleet/latency_table.h"
#include "kernwise/fleet/space.h"

namespace kernwise::experiments {

struct SearchFiles {
  std::filesystem::path data;  // folder of the public data
  std::string space = "nb201";
  std::filesystem::path task;      // train and test devices; empty: the one under `data`
  std::filesystem::path accuracy;  // empty: the one under `data`
  std::string accuracy_column = "cifar100_test_acc";
  std::filesystem::path extra;  // more cost columns (energy); empty: the one under `data`
};

struct SearchData {
  DesignSpace space;
  LatencyTable table;  // all designs x (devices of the task's table, then those of `extra`)
  std::vector<Design> designs;
  std::map<Design, int32_t> row_of;
  std::vector<double> accuracy;                 // NaN: unknown
  std::vector<std::string> identity;            // designs that compute the same share it
  std::size_t task_columns = 0;                 // those of the task's table; they come first
  std::vector<std::size_t> train, test, extra;  // columns
  std::optional<Twins> twins;                   // of all columns
  std::set<std::string> simulated;              // columns that no device was measured for
  std::vector<std::string> warnings;
};

Result<SearchData> read_search_data(const SearchFiles& files);

}  // namespace kernwise::experiments
