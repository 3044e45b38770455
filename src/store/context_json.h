// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A session's machine context as the one JSON object that every kind of store holds.
#pragma once

#include <string>

#include "kernwise/device/device.h"

namespace kernwise::detail {

std::string context_json(const MachineContext& context);

}  // namespace kernwise::detail
