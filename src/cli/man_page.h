// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Manual pages (man 7): one of the program, one of each command.
#pragma once

#include <string>
#include <vector>

#include "command_texts.h"

namespace kernwise::cli {

// kernwise.1
std::string man_overview(const std::vector<CommandText>& commands, const std::string& version);
// kernwise-NAME.1
std::string man_page(const CommandText& command, const std::string& version);

}  // namespace kernwise::cli
