// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Ctrl-C and SIGTERM. The first one asks work to stop and keeps what is finished; the second one
// ends the process at once.
#pragma once

#include "kernwise/base/progress.h"

namespace kernwise::cli {

// Installs the handlers and returns the flag that they set. The one piece of global state: a
// signal handler can reach nothing else.
const StopFlag& stop_on_signals();

}  // namespace kernwise::cli
