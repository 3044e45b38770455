// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the writer and the reader of plan files share.
#pragma once

#include <string_view>

#include "kernwise/base/units.h"

namespace kernwise::detail {

inline constexpr std::string_view kPlanSchema = "kernwise.plan/1";
inline constexpr Bytes kMaxPlanFile{64 << 20};

}  // namespace kernwise::detail
