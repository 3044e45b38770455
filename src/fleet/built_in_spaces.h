// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <optional>
#include <string_view>

#include "kernwise/fleet/space.h"

namespace kernwise::detail {

std::optional<DesignSpace> built_in_space(std::string_view name);

}  // namespace kernwise::detail
