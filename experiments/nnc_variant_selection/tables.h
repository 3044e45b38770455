// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Published tables of one program run in many configurations: CSV with a header line (gzip or not),
//
//   time, size, knob, knob, ..., [complexity]
//
// The first column's name contains "time" (any unit, all rows the same), the second is the size of
// the problem, a last column whose name begins with "c_" is its complexity C (without one C is the
// square of the size), and all between are knobs of the configuration. All numbers are greater than
// zero. Names, sizes, numbers of knobs and of rows are whatever the file holds.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "../nnc/combination.h"
#include "kernwise/base/result.h"

namespace kernwise::nnc {

struct ConfigurationTable {
  std::string name;          // of the file, without its endings
  Combination data;          // its `shape` counts distinct configurations (size and knobs)
  std::vector<double> size;  // per row
};

// Every table of that form in the folder, by name. kInvalidInput if there is none, or for a broken
// one, with file and line.
Result<std::vector<ConfigurationTable>> read_configuration_tables(
    const std::filesystem::path& folder);
Result<ConfigurationTable> read_configuration_table(const std::filesystem::path& path);

}  // namespace kernwise::nnc
