// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A task file says which devices of a table are known and which are to be met with few samples:
//
//   {"table": "nasbench201_latency_ms.csv.gz", "encoding": ["e10", "e20", ...],
//    "train_devices": ["1080ti_1", ...], "test_devices": ["fpga", ...]}
//
// or, for one proxy at a time, "pairs": [{"proxy": "a", "target": "b"}, ...] in place of the two
// lists. Other keys are passed over. Thread-safety: plain values.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise {

struct ProxyPair {
  std::string proxy, target;
};

struct FleetTask {
  std::string table;  // a file name, relative to the folder of the data
  std::vector<std::string> encoding;
  std::vector<std::string> train_devices, test_devices;
  std::vector<ProxyPair> pairs;
};

// kInvalidInput, naming the key: no JSON object, a key missing or of the wrong type, an empty list,
// a name twice, a device on both sides, a pair of a device with itself, an absolute path as
// table, over 16 MiB. A deeply nested file is refused like any other.
Result<FleetTask> parse_task(std::string_view json);
Result<FleetTask> read_task(const std::filesystem::path& path);

}  // namespace kernwise
