// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What is measured: networks of the zoo with smaller images, pruned to several degrees, trained
// with several batches and optimizers. Files and records are those of the product: the networks lie
// in the work folder, the steps in a store, and both are taken up again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/footprint/step_device.h"
#include "kernwise/graph/network.h"
#include "kernwise/graph/prune.h"
#include "kernwise/workflow/profile_training.h"

namespace kernwise::footprint_here {

struct Options {
  std::filesystem::path work;   // networks, designs
  std::filesystem::path store;  // empty: WORK/training.db
  std::vector<std::string> networks = {"resnet18",      "resnet50",        "googlenet",
                                       "squeezenet1_1", "mobilenet_v2",    "mnasnet1_0",
                                       "densenet121",   "efficientnet_b0", "inception_v3"};
  int64_t image = 96;
  std::vector<double> ratios = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75};
  std::vector<int64_t> batches = {2, 4, 8, 16, 32};
  std::vector<std::string> optimizers = {"momentum", "adam"};
  double budget_s = 0;  // of measuring in this call
  int trees = 300;
  uint64_t seed = 1;
  int threads = 1;
};

using Say = std::function<void(const std::string&)>;

constexpr Bytes kMost{int64_t{1} << 46};

struct Row {
  std::size_t network = 0, variant = 0;  // into Data::names and Data::variants
  double ratio = 0;
  StepRecord record;
  double spread = 0;
};

struct Data {
  std::vector<std::string> names;            // of the networks
  std::vector<std::filesystem::path> files;  // of the networks
  std::vector<Network> variants;             // without weights
  std::vector<Row> rows;                     // that ran
  int64_t failed = 0, unmeasured = 0;
  std::string library;
  StepDevice plain;  // what is known without any step
};

// Writes the networks that are missing, measures what is missing for as long as the budget allows,
// and gives what there is.
Result<Data> measure(const Options& options, const Say& say);

// The steps of networks that lie in files, from the store or measured.
Result<std::vector<TrainingProfileRow>> steps_of(const Options& options,
                                                 const std::vector<std::filesystem::path>& files,
                                                 int64_t batch, const Say& say);

}  // namespace kernwise::footprint_here
