// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <functional>

namespace kernwise::experiments {

// Runs body(0) ... body(count - 1) on `threads` threads. The order of work is free, so every body
// takes its randomness from its own number.
void in_parallel(int count, int threads, const std::function<void(int)>& body);

}  // namespace kernwise::experiments
