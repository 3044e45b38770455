// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise profile`: what the store now holds of the problems asked for.
#pragma once

#include <string>

#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/profile_problems.h"

namespace kernwise {

std::string profile_json(const ProfileOutcome& outcome, const Envelope& envelope);
// Layout transforms are left out of the table unless `all` is set or there is nothing else.
std::string profile_text(const ProfileOutcome& outcome, bool all, const TextStyle& style);

}  // namespace kernwise
