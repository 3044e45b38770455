// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// JSON of a profile's summary: `plan` and `profile` both show it.
#pragma once

#include "json.h"
#include "kernwise/profile/profiler.h"

namespace kernwise::detail {

Json to_json(const ProfileSummary& summary);

}  // namespace kernwise::detail
