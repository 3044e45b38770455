// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// --device replay:STORE: the command stands on a recorded device instead of this machine.
#pragma once

#include <optional>
#include <string>

#include "arguments.h"
#include "kernwise/workflow/recorded_device.h"
#include "session.h"

namespace kernwise::cli {

void declare_device_flag(Arguments& arguments, std::string& device);

// Nothing for "": this machine. The session's results are the recorded device's from then on.
// kInvalidInput for anything but replay:, or together with --store or --isa.
Result<std::optional<RecordedDevice>> recorded_device(const std::string& device, Session& session);

}  // namespace kernwise::cli
