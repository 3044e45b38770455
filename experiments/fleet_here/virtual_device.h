// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What is public, and a virtual device that designs are measured on.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernwise/fleet/latency_table.h"
#include "kernwise/fleet/space.h"
#include "study.h"

namespace kernwise::experiments {

struct Public {
  DesignSpace space;
  std::vector<Design> designs;
  LatencyTable table;
  std::vector<double> accuracy;
  std::vector<std::size_t> sources;
  std::vector<int32_t> promising;
};

Result<Public> read_public(const HereOptions& options);

// This machine held to an instruction set and a number of threads.
class VirtualDevice {
 public:
  VirtualDevice(const HereOptions& options, const Public& data, const std::string& target);
  const std::string& name() const { return name_; }

  // Costs in ms of these rows, NaN where there is none; kept in `file` of the work folder, so that
  // the next call begins with them. Without `file` always measured afresh.
  Result<std::vector<double>> costs(std::span<const int32_t> rows, const std::string& file) const;

 private:
  void place(const Design& design, double cost, std::span<const int32_t> rows,
             std::vector<double>& costs) const;

  const HereOptions& options_;
  const Public& data_;
  std::string isa_, threads_, name_;
};

}  // namespace kernwise::experiments
