// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the definitions of the commands say, as data: man pages and shell completion are made of it,
// so that neither can leave a command or a flag out.
#pragma once

#include <string>
#include <vector>

#include "arguments.h"
#include "command.h"

namespace kernwise::cli {

struct CommandText {
  CommandHelp help;
  std::vector<ArgumentHelp> arguments;  // of the command, then those of every command
};

// Every command in the order of the help; `help` itself is the last.
std::vector<CommandText> command_texts();

// An argument taken apart: "-o, --output FILE" has the names -o and --output and the value FILE.
struct ArgumentParts {
  std::vector<std::string> names;    // none: a positional
  std::string value;                 // "" for a flag
  std::vector<std::string> choices;  // of a value such as "auto|always|never"
};
ArgumentParts parts_of(const ArgumentHelp& argument);

}  // namespace kernwise::cli
