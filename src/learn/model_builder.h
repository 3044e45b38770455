// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What fitting, transfer and the file reader need to put a model together.
#pragma once

#include <memory>
#include <vector>

#include "kernwise/learn/model.h"

namespace kernwise {

struct ModelBuilder {
  static PerformanceModel empty() { return {}; }
  static FeatureSchema& schema(PerformanceModel& m) { return m.schema_; }
  static std::vector<std::string>& outputs(PerformanceModel& m) { return m.outputs_; }
  static std::vector<uint8_t>& known(PerformanceModel& m) { return m.known_; }
  static Standardizer& inputs_scale(PerformanceModel& m) { return m.inputs_scale_; }
  static Standardizer& outputs_scale(PerformanceModel& m) { return m.outputs_scale_; }
  static std::vector<double>& low(PerformanceModel& m) { return m.low_; }
  static std::vector<double>& high(PerformanceModel& m) { return m.high_; }
  static std::shared_ptr<const Regressor>& regressor(PerformanceModel& m) { return m.regressor_; }
  static std::shared_ptr<const Regressor>& correction(PerformanceModel& m) { return m.correction_; }
  static std::vector<double>& half_width(PerformanceModel& m) { return m.half_width_; }
  static double& coverage(PerformanceModel& m) { return m.coverage_; }
  static double& typical_error(PerformanceModel& m) { return m.typical_error_; }
  static double& winner_factor(PerformanceModel& m) { return m.winner_factor_; }
};

namespace detail {

// Samples as the model's regressor sees them.
FitData standardized(const Samples& samples, const Standardizer& inputs,
                     const Standardizer& outputs);

}  // namespace detail
}  // namespace kernwise
