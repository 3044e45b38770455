// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise pack`.
#pragma once

#include <string>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/pack_plan.h"

namespace kernwise {

std::string pack_json(const PackOutcome& outcome, const Envelope& envelope);
std::string pack_text(const PackOutcome& outcome, const TextStyle& style);

}  // namespace kernwise
