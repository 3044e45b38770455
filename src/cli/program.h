// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The command line as a function: words in, exit code out.
#pragma once

#include <string>
#include <vector>

namespace kernwise::cli {

int run_command_line(const std::vector<std::string>& words);

}  // namespace kernwise::cli
