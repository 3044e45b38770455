// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "stop.h"

#include <csignal>

namespace kernwise::cli {
namespace {

StopFlag stop_flag = false;
static_assert(StopFlag::is_always_lock_free, "only lock-free atomics may be set by a handler");

extern "C" void ask_to_stop(int signal) {
  stop_flag = true;
  std::signal(signal, SIG_DFL);
}

}  // namespace

const StopFlag& stop_on_signals() {
  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
  return stop_flag;
}

}  // namespace kernwise::cli
