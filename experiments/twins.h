// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Columns of a table that are one device twice, or computed from one another: none of them may
// stand for another where devices are met that nothing is known of. Thread-safety: plain values.
#pragma once

#include <cstddef>
#include <vector>

#include "kernwise/fleet/latency_table.h"
#include "kernwise/fleet/table_checks.h"

namespace kernwise::experiments {

class Twins {
 public:
  // `warnings`: of check_table() on this table.
  Twins(const LatencyTable& table, const std::vector<TableWarning>& warnings);
  bool are(std::size_t a, std::size_t b) const { return group_[a] == group_[b]; }
  // Joins two columns, and all that are joined to them.
  void join(std::size_t a, std::size_t b);
  // All devices but the twins of `device`, itself among them.
  std::vector<std::size_t> others(std::size_t device) const;

 private:
  std::vector<std::size_t> group_;
};

}  // namespace kernwise::experiments
