// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Few designs for many devices: greedy set cover (Chvatal 1979), each time the design that serves
// most devices that are still without one, the more accurate one of equals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernwise/fleet/plan_fleet.h"

namespace kernwise {

class Cover {
 public:
  explicit Cover(std::size_t rows) : count_(rows, 0) {}
  // `rows`: designs that would do for this device; not empty.
  void add(std::size_t device, std::vector<int32_t> rows);
  std::vector<CoverDesign> choose(std::span<const double> accuracy) const;

 private:
  struct Device {
    std::size_t device = 0;
    std::vector<int32_t> rows;  // rising
  };
  std::vector<Device> devices_;
  std::vector<int32_t> count_;  // devices that each row would do for
};

}  // namespace kernwise
