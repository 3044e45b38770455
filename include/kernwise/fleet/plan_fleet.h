// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The right design for each of many devices.
//
// Devices whose costs are known for (nearly) all candidates are looked through. For the others the
// known ones are sources: a prior over devices (device_prior.h) is learnt from them once, and a
// device's own samples say where it lies. With samples that one source ranks nearly alike, that
// source serves as proxy: its Pareto set holds the candidates. Else all are. Without any sample
// nothing is claimed unless features of the device are known; reference designs are asked for.
//
// No device is a source of its own: one that is known well enough to be a source, and yet is to be
// answered by them, is answered by the other ones, learnt from anew. With a method that is asked
// for by name, the devices that are asked about are no sources as long as there are others, and of
// one that is known only the reference designs are looked at: what the method would do for it
// unseen. A design whose measurement failed on a device is never chosen for it, nor asked for
// again.
//
// What is chosen is the most accurate design whose upper bound, expected cost plus `margin`
// deviations, is within the device's bounds.
// Thread-safety: pure functions. 1000 devices of 15 625 designs take seconds on one core.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/fleet/baselines.h"
#include "kernwise/fleet/fleet_input.h"
#include "kernwise/fleet/proxy_decision.h"

namespace kernwise {

// kAuto takes kExhaustive, kProxy or kAdapt for each device; kOptimizer trains a network first.
enum class FleetMethod : uint8_t {
  kAuto = 0,
  kProxy = 1,
  kAdapt = 2,
  kOptimizer = 3,
  kExhaustive = 4,
};
std::string_view to_string(FleetMethod method);  // "auto", "proxy", ...

struct FleetOptions {
  FleetMethod method = FleetMethod::kAuto;
  // In place of the adapted model: a published or naive predictor (baselines.h), to compare with.
  // Its deviation is what leaving out one sample at a time shows.
  std::optional<FewShotBaseline> baseline = {};
  bool by_operations = false;  // another such baseline: cost = a x operations^b
  // Measurements that a device may have in all: no more are asked for. What the tables hold beyond
  // is used all the same.
  int probe = 10;
  double margin = 1.645;       // deviations between the expected cost and the bound
  double cover_tolerance = 1;  // points of accuracy that a design shared by devices may cost each
};

struct CostPrediction {
  std::size_t metric = 0;                  // of FleetInput::metrics
  double expected = 0, low = 0, high = 0;  // 90 % interval, in the metric's unit
  double bound = 0;                        // NaN: none
  bool measured = false;
};

struct DevicePick {
  std::size_t device = 0;  // of FleetInput::devices
  int32_t row = -1;        // the design; -1: none could be chosen
  bool feasible = false;   // it keeps its bounds, as far as is known
  double accuracy = 0, accuracy_deviation = 0;
  double accuracy_low = 0, accuracy_high = 0;  // 90 % interval, of the predictor where it predicts
  std::vector<CostPrediction> costs = {};
  FleetMethod method = FleetMethod::kAdapt;
  std::string why = {};
  int samples = 0;                 // of the first bounded metric
  std::string proxy = {};          // the most alike source, if there are samples
  ProxyVerdict verdict = {};       // on it
  std::vector<int32_t> next = {};  // rows to be measured next; empty: nothing more would help
};

struct CoverDesign {
  int32_t row = -1;
  std::vector<std::size_t> devices;  // that it serves within the tolerance
};

struct FleetOutcome {
  std::vector<DevicePick> picks;  // one for each device, in order
  std::vector<std::pair<std::string, std::vector<std::size_t>>> proxies;  // and whom they serve
  std::vector<std::size_t> need_samples;                                  // devices
  std::vector<CoverDesign> cover;  // few designs for all devices that can be served
  std::vector<std::string> sources;
  double seconds = 0, train_seconds = 0;
  std::vector<std::string> warnings;
};

// The settings that devices are met with: fewer mixtures and designs than the defaults, so that a
// thousand devices take seconds.
DevicePriorOptions fleet_prior_options();
ProxyRule fleet_proxy_rule();

// kInvalidInput: a method that is asked for cannot be had, no source device.
Result<FleetOutcome> plan_fleet(const FleetInput& input, const FleetOptions& options, Rng& rng,
                                Progress& progress);

}  // namespace kernwise
