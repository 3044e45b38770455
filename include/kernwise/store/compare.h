// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Looking at whole stores: what is in one, what two have in common, which device is most like
// another. All of it reads, and goes through a store once, row by row.
// Thread-safety: as the stores that are passed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/store/store.h"

namespace kernwise {

// Measurements that may be compared with each other at all.
struct StoreGroup {
  std::string device;  // fingerprint
  int threads = 0;
  std::string protocol, libraries;
  int64_t records = 0, measured = 0, refused = 0, failed = 0;
  int64_t problems = 0, primitives = 0;  // distinct
  int64_t runs = 0;
};
struct StoreStatistics {
  std::string location;
  int64_t devices = 0, sessions = 0, records = 0;
  std::vector<StoreGroup> groups;  // by device, threads, protocol, libraries
};
Result<StoreStatistics> store_statistics(const Store& store);

// By content (record.h). A conflict is an experiment that both have measured, with other results:
// a merge keeps both.
struct StoreDifference {
  int64_t records_in_both = 0, records_only_left = 0, records_only_right = 0;
  int64_t sessions_in_both = 0, sessions_only_left = 0, sessions_only_right = 0;
  int64_t conflicting_keys = 0;
  // Records that only one side has, by what they cannot be compared across.
  struct Group {
    std::string device, libraries;
    int64_t only_left = 0, only_right = 0;
  };
  std::vector<Group> groups;
  bool same() const {
    return records_only_left + records_only_right + sessions_only_left + sessions_only_right == 0;
  }
};
Result<StoreDifference> diff_stores(const Store& left, const Store& right);

struct DeviceNeighbour {
  Device device;
  double distance = 0;   // 0: the device itself
  int64_t sessions = 0;  // that the store has of it
};
// How unlike two machines are to a performance model. The weights are ours, by judgement and tuned
// on nothing: an instruction set decides which kernels there are (2 a step), a vendor and a model
// how they are carried out (1, 1/2), caches and cores what they meet (1/2, 1/4, 1/8 and 1/4 for
// each factor of two; a size that is unknown counts as one factor of two).
double device_distance(const Device& a, const Device& b);
// The devices of the store, nearest first, at most `most`; ties by fingerprint. Devices that are
// known by fingerprint alone (from CSV) are left out. Looks at devices and sessions only, never at
// records.
Result<std::vector<DeviceNeighbour>> nearest_devices(const Store& store, const Device& device,
                                                     int most);

}  // namespace kernwise
