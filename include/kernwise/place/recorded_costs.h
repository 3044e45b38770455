// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Costs that were recorded somewhere, for placing programs on devices that are not here: a CSV file
// of kernel times and copy costs (docs/formats/recorded_costs.md). Placing them runs nothing.
// Thread-safety: plain values, pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/place/placement.h"
#include "kernwise/place/program.h"

namespace kernwise {

struct RecordedTime {
  int resource = 0;  // index into RecordedCosts::resources
  int threads = 1;
  std::string problem;  // canonical
  std::string primitive;
  double time_s = 0;
  double low_s = 0, high_s = 0;  // both time_s where the file states no interval
  friend bool operator==(const RecordedTime&, const RecordedTime&) = default;
};

struct RecordedCosts {
  std::vector<PlaceResource> resources;  // "cpu" first, whether or not it has times
  std::vector<std::string> devices;      // per resource: what it was recorded on; may be empty
  std::vector<RecordedTime> times;
  friend bool operator==(const RecordedCosts&, const RecordedCosts&) = default;
};

// Text of strangers. kInvalidInput, naming the line, for a missing column, a value that cannot be,
// a cost stated twice, or a resource (other than cpu) without its two copy costs.
inline constexpr Bytes kLargestCostFile{int64_t{256} << 20};
Result<RecordedCosts> parse_recorded_costs(std::string_view csv);
std::string to_csv(const RecordedCosts& costs);

// The recorded costs of a program's kernels, and only those. A kernel without any leaves an empty
// row, which place_program() reports.
PlaceTable recorded_table(const Program& program, const RecordedCosts& costs);

}  // namespace kernwise
