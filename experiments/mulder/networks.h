// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Whole networks as chains of convolutions, planned with predicted costs and judged with measured
// ones. As in the original study, the first layer takes its input in any layout, nothing is
// charged at the output, and identical layouts cost nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernwise/learn/model.h"
#include "kernwise/learn/verify.h"
#include "tables.h"

namespace kernwise::mulder {

struct Network {
  std::string name;
  std::vector<LayerKey> layers;
};
// AlexNet, VGG-11/16/19 and the trunk of ResNet-18, torchvision's shapes.
const std::vector<Network>& networks();

struct NetworkResult {
  std::string name;
  double optimum_s = 0;          // best plan by measured costs
  double greedy_slowdown = 0;    // fastest primitive of each layer, layouts ignored
  double slowdown = 0;           // predicted plan, judged by measured costs
  double slowdown_verified = 0;  // after measuring the top candidates
  double verify_cost_s = 0;      // one run of each verified candidate
  double profile_cost_s = 0;     // one run of every candidate of every distinct layer
  double bias = 0;               // predicted total over measured total, minus one; corrected
  double bias_uncorrected = 0;
};

// Nothing if the platform lacks a layer of the network or a transform between its layers.
Result<std::optional<NetworkResult>> judge_network(const Network& network, const Platform& platform,
                                                   const Formats& formats,
                                                   const PerformanceModel& layers,
                                                   const PerformanceModel& transforms,
                                                   const ErrorCovariance& covariance, int top);

}  // namespace kernwise::mulder
