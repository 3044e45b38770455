// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise predict MODEL`: what each layer and the network will take with the
// primitives that look fastest, with intervals, and the share of the total that a model stands
// behind.
#pragma once

#include <string>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/plan_network.h"

namespace kernwise {

std::string predict_json(const PlanOutcome& outcome, const Envelope& envelope);
std::string predict_text(const PlanOutcome& outcome, const TextStyle& style);

}  // namespace kernwise
