// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Help for people: the overview, one command, the exit codes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "arguments.h"
#include "command.h"
#include "kernwise/report/text_style.h"

namespace kernwise::cli {

std::string overview(const std::vector<std::unique_ptr<Command>>& commands, const TextStyle& style);
// `full`: with example and details, and the flags common to all commands.
std::string command_help(const CommandHelp& help, const Arguments& arguments, bool full,
                         const TextStyle& style);
std::string exit_codes();

}  // namespace kernwise::cli
