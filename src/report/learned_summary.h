// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What learned costs did for a plan, as every report that plans shows it.
#pragma once

#include <string>

#include "json.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/plan_network.h"

namespace kernwise::detail {

Json to_json(const LearnedCostSummary& summary);
std::string learned_lines(const LearnedCostSummary& summary, const TextStyle& style);

}  // namespace kernwise::detail
