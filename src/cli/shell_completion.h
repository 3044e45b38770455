// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Completion scripts for shells: commands, flags and the values of choices; file names otherwise.
#pragma once

#include <string>
#include <vector>

#include "command_texts.h"

namespace kernwise::cli {

std::string bash_completion(const std::vector<CommandText>& commands);
std::string zsh_completion(const std::vector<CommandText>& commands);

}  // namespace kernwise::cli
