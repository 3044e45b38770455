// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise bench`: contestants side by side. A ratio is the contestant's time over
// kernwise's: above 1, kernwise is faster.
#pragma once

#include <string>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/bench_network.h"

namespace kernwise {

std::string bench_json(const BenchOutcome& outcome, const Envelope& envelope);
std::string bench_text(const BenchOutcome& outcome, const TextStyle& style);

}  // namespace kernwise
