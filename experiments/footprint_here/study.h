// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The protocols of perf4sight on our own measurements: what may be learned from, what is then
// predicted, and how far off it is.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "campaign.h"

namespace kernwise::footprint_here {

inline constexpr std::size_t kTargets = 4;  // allocated, reserved, used, latency
inline constexpr std::array<const char*, kTargets> kTargetNames = {
    "memory_allocated", "memory_reserved", "memory_used", "latency"};

struct Errors {
  double mean = 0, worst = 0;  // percent, of the absolute relative error
  double covered = 0;          // percent of the rows within the interval
};

struct NetworkErrors {
  std::string network;
  std::size_t rows = 0;
  std::array<Errors, kTargets> ours;
  std::array<double, kTargets> compat = {};  // mean, percent
};

struct ProtocolResult {
  std::string name;
  std::vector<NetworkErrors> networks;
  // Means over networks; the worst of all.
  std::array<Errors, kTargets> ours = {};
  std::array<double, kTargets> compat = {};
};

struct Protocol {
  std::string name;
  struct Fold {
    std::vector<std::size_t> train, test;  // into Data::rows
  };
  std::vector<Fold> folds;
};

std::vector<Protocol> protocols(const Data& data);

// Devices as they are learned from rows. Learning takes a while, so each is learned once.
class Devices {
 public:
  Devices(const Data& data, uint64_t seed) : data_(data), seed_(seed) {}
  Result<StepDevice> from(const std::vector<std::size_t>& rows);
  // From all rows of other networks.
  Result<StepDevice> without(std::size_t network);

 private:
  const Data& data_;
  uint64_t seed_;
  std::map<std::vector<std::size_t>, StepDevice> known_;
};

Result<ProtocolResult> judge(const Data& data, const Protocol& protocol, Devices& devices,
                             const Options& options, const Say& say);

}  // namespace kernwise::footprint_here
