// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Answers that are held against the truth: the largest batch under an enforced limit of memory, and
// pruned networks that are to train within limits. The device is always learned from the other
// networks.
#pragma once

#include <string>
#include <vector>

#include "study.h"

namespace kernwise::footprint_here {

struct MaxBatchCase {
  std::string network, optimizer;
  double ratio = 0, weight_decay = 0;
  int64_t limit_bytes = 0;
  int64_t predicted = 0;  // largest batch
  bool ran = false;       // with that batch, under the limit
  int64_t largest = 0;    // that really runs
};
// Each case tries batches in kernwise-torch until the largest is known; nothing is timed.
Result<std::vector<MaxBatchCase>> judge_max_batch(const Data& data, Devices& devices,
                                                  const Options& options, int cases,
                                                  const Say& say);

struct AdaptCase {
  std::string network, file;
  int64_t batch = 0;
  double limit_bytes = 0, limit_s = 0;  // 0: none
  bool found = false;                   // by prediction
  double kept = 0;                      // share of multiply-adds
  double predicted_bytes = 0, predicted_s = 0;
  double bytes = 0, step_s = 0;  // measured; 0: not yet
  int64_t evaluated = 0;         // designs
  double profiling_s = 0;        // what running those would have taken
  double search_s = 0;
  bool failed = false;  // it was run, and ran out of memory or failed
  bool measured() const { return step_s > 0; }
  bool holds() const {
    return (limit_bytes <= 0 || bytes <= limit_bytes) && (limit_s <= 0 || step_s <= limit_s);
  }
};
// Searches what WORK/adapt does not hold yet, then measures the designs for as long as the budget
// allows.
Result<std::vector<AdaptCase>> judge_adapt(const Data& data, Devices& devices,
                                           const Options& options, const Say& say);

// A device that is met with a few steps: this machine with another number of threads. Neither the
// source nor the steps hold the network that is judged.
struct TransferErrors {
  std::string network;
  std::size_t rows = 0;
  double as_is = 0, transferred = 0, scratch = 0;  // mean error of latency, percent
  double covered = 0;                              // percent of rows, transferred
};
inline constexpr std::size_t kTransferSteps = 6;
// `there`: the steps on the device that is met.
Result<std::vector<TransferErrors>> judge_transfer(const Data& data, Devices& devices,
                                                   const Data& there, const Options& options,
                                                   const Say& say);

}  // namespace kernwise::footprint_here
