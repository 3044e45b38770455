// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One verb of the command line.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "arguments.h"
#include "kernwise/base/result.h"
#include "session.h"

namespace kernwise::cli {

struct CommandHelp {
  std::string name;     // "plan"
  std::string usage;    // "MODEL [-o plan.json]"
  std::string summary;  // one line
  std::string example;  // one or more command lines
  std::string details;  // what one should know; may be empty
};

class Command {
 public:
  virtual ~Command() = default;
  virtual CommandHelp help() const = 0;
  // Binds members of the command; called once, before run().
  virtual void declare(Arguments& arguments) = 0;
  // False where a recorded device answers: what this machine has bounds nothing then.
  virtual bool uses_this_machine() const { return true; }
  // Returns the exit code: 0, or 1 if the asked criterion does not hold.
  virtual Result<int> run(Session& session) = 0;
};

// Every command, in the order of the help.
std::vector<std::unique_ptr<Command>> all_commands();

}  // namespace kernwise::cli
