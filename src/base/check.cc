// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace kernwise::detail {

void check_failed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "kernwise: internal error at %s:%d: check failed: %s\n", file, line,
               condition);
  std::abort();
}

}  // namespace kernwise::detail
