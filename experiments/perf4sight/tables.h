// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The published tables: pruned_model_layers.csv, pruned_model_summary.csv, and, for a device,
// DEVICE_training_memory.csv and DEVICE_training_latency.csv. Networks, pruning levels and batch
// sizes are whatever the files hold.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernwise/footprint/design.h"
#include "kernwise/footprint/step_quantities.h"

namespace kernwise::perf4sight {

// One network pruned to one level.
struct Variant {
  int network = 0;
  int64_t level = 0;  // percent
  Design design;
  StepQuantities quantities;
};

struct Row {
  int network = 0, variant = 0;
  int64_t level = 0, batch = 0;
  bool passed = false;
  bool swapping = false;  // latency: see read_tables
  // Bytes and seconds; 0 where the table has none.
  double allocated = 0, reserved = 0, used = 0, latency = 0;
};

struct Tables {
  std::string device;
  std::vector<std::string> networks;  // those with measurements and layers
  std::vector<Variant> variants;
  std::vector<Row> memory, latency;
  double capacity = 0;  // bytes
  // Disclosed: rows whose network or level has no published layers, passed rows without a figure,
  // latencies over kLongest, latencies that look like swapping (these stay in `latency`).
  int64_t without_layers = 0, without_figure = 0, too_long = 0, swapping = 0;
};

// Steps that take longer are left out, as those who recomputed the paper's figures do: the device
// was swapping.
inline constexpr double kLongest = 50;  // seconds
// Time per image does not grow with the batch unless something else goes on. A row that takes more
// than this factor of the best time per image of any smaller batch of its variant is marked.
inline constexpr double kSwappingFactor = 1.5;

// `device` may be empty if the folder holds one. kInvalidInput with file and line.
Result<Tables> read_tables(const std::filesystem::path& folder, const std::string& device);

}  // namespace kernwise::perf4sight
