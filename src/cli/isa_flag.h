// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// --isa: one instruction set for the whole process.
//
// Libraries choose theirs from the environment while they start, before main() runs, so a process
// cannot change it afterwards. The program therefore starts itself once more, in the environment
// that they need, and finds it as it should be the second time. Without the flag the same happens
// where the environment holds a library down: what a measurement stands on is what the command line
// and the device say.
#pragma once

#include <string>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise::cli {

// `flag`: "" or a name of an instruction set; `words`: the whole command line, without the program.
// Does not return if the program starts again. Before anything else that touches a library.
Status apply_isa(const std::string& flag, const std::vector<std::string>& words);

}  // namespace kernwise::cli
