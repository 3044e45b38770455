// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Invariants of kernwise itself. A failed check is a bug and ends the process with the place and
// the condition; it must never be reachable from a file, a flag or a device (those return Result).
#pragma once

namespace kernwise::detail {
[[noreturn]] void check_failed(const char* file, int line, const char* condition);
}  // namespace kernwise::detail

#define KERNWISE_CHECK(condition) \
  ((condition) ? (void)0 : ::kernwise::detail::check_failed(__FILE__, __LINE__, #condition))
