// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise adapt MODEL`: what to prune of each stage, the Pareto front, and what the
// same search would have cost on the device.
#pragma once

#include <string>

#include "kernwise/footprint/adapt.h"
#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"

namespace kernwise {

struct AdaptSummary {
  std::string file;  // that was written; "" if none was
  std::string device;
  AdaptResult result;
  double search_s = 0;
  uint64_t seed = 1;
  int64_t passed_over = 0;  // designs that no longer fitted once they were made with their weights
};

std::string adapt_json(const AdaptSummary& summary, const Envelope& envelope);
std::string adapt_text(const AdaptSummary& summary, const TextStyle& style);

}  // namespace kernwise
