// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What a device prior believes of a list of designs, in the form that a constrained search asks
// for. Devices that were measured at the same designs share most of the work.
// Thread-safety: none; one object for one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernwise/fleet/constrained_search.h"
#include "kernwise/fleet/device_prior.h"

namespace kernwise {

class PriorBeliefs {
 public:
  // `rows`: designs that may be chosen; empty: all `table_rows` of the table.
  PriorBeliefs(DevicePrior prior, std::span<const int32_t> rows, std::size_t table_rows);

  // Of the other rows of the table nothing is known (NaN). A measured row is known: its cost, with
  // deviation 0. If nothing was measured, or every measurement failed, nothing is known of any row.
  CostBelief believe(std::span<const MeasuredRow> measured);

  const DevicePrior& prior() const { return prior_; }

 private:
  DevicePrior prior_;
  std::vector<std::size_t> rows_;
  std::size_t table_rows_;
  std::vector<std::size_t> planned_;  // the measured rows that plan_ is for
  std::optional<DevicePrior::Plan> plan_;
};

// Measurements as a device prior takes them.
DeviceSamples samples_from(std::span<const MeasuredRow> measured);

}  // namespace kernwise
