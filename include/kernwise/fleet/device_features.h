// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What is known of devices beside costs: cores, caches, peak rate, bandwidth, price, whatever a
// table says. And what follows for a device on which nothing was measured yet: a regression over
// the known devices from features to the log cost of each design (Gaussian process with a linear
// and a smooth part; its scales by leaving one known device out). Such a prediction is far poorer
// than one from a few samples; its error on left-out devices is its deviation.
// Thread-safety: pure functions and immutable values.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/fleet/constrained_search.h"
#include "kernwise/fleet/latency_table.h"

namespace kernwise {

struct DeviceFeatures {
  std::vector<std::string> names;    // of the features
  std::vector<std::string> devices;  // that they are known of
  std::vector<double> values;        // devices x names; NaN is missing
  std::optional<std::size_t> device(std::string_view name) const;
};

// A CSV with a column `device`, every other column being a number; or what `kernwise doctor --json`
// wrote, whose device is called as the file without its ending. Several files are joined; a later
// value replaces an earlier one. kInvalidInput names file, line and column; more than 256 features
// or 100 000 devices; no feature at all.
Result<DeviceFeatures> read_device_features(std::span<const std::filesystem::path> files);

class FeaturePredictor {
 public:
  // `devices`: columns of the table; those without features, or without a cost for most of `rows`,
  // are passed over. kInvalidInput: fewer than four are left.
  static Result<FeaturePredictor> fit(const LatencyTable& table,
                                      std::span<const std::size_t> devices,
                                      const DeviceFeatures& features,
                                      std::span<const int32_t> rows);

  // NaN for rows that were not given to `fit`. The deviation grows with the distance from the known
  // devices, and is scaled by what leaving each of them out has shown. Nothing if there are no
  // features of the device, or only missing ones.
  std::optional<CostBelief> believe(std::string_view device) const;
  // Whether a feature lies outside of what the known devices span, by over a quarter of that.
  bool beyond(std::string_view device) const;

  // Root mean square error of log costs of known devices, each left out in turn.
  double error() const;
  int devices() const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace kernwise
