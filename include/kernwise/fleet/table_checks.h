// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What is suspicious about a table, by name. Nothing is removed: a warning says what a figure over
// that device is worth. Thread-safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "kernwise/fleet/latency_table.h"

namespace kernwise {

// The text form (to_string) is the code of the warning in JSON. Frozen.
enum class TableWarningKind {
  kDuplicate,  // two columns rank all designs the same: one device twice, or one twin of another
  kMissing,    // missing values
  kFailed,     // values that cannot be a cost
  kCoarse,     // rounded so coarsely that many designs tie
  kSimulated,  // designs share their value exactly though it is given finely: not measured
  kConstant,   // one value only
};

struct TableWarning {
  TableWarningKind kind = TableWarningKind::kMissing;
  std::string device;
  std::string other;    // the twin, for kDuplicate
  std::string message;  // one sentence with the figures
};

std::string_view to_string(TableWarningKind kind);

// In order of kind, then of device. O(devices^2 rows).
std::vector<TableWarning> check_table(const LatencyTable& table);

}  // namespace kernwise
