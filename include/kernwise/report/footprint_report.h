// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise footprint MODEL`: memory by phase and by what it is for, the layers that
// hold the peak, the time of a step, and the verdict.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kernwise/footprint/predict_step.h"
#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"

namespace kernwise {

struct FootprintSummary {
  std::string network;
  std::string device;
  StepOptions step;
  StepPrediction prediction;
  StepLimits limits;
  std::optional<bool> fits;              // if there is a limit
  std::optional<int64_t> largest_batch;  // if it was asked for; 0: not even one image
  bool largest_is_cap = false;           // no larger one was looked at: "at least"
};

std::string footprint_json(const FootprintSummary& summary, const Envelope& envelope);
std::string footprint_text(const FootprintSummary& summary, const TextStyle& style);

}  // namespace kernwise
