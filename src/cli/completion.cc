// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "commands.h"
#include "model_flags.h"
#include "shell_completion.h"

namespace kernwise::cli {
namespace {

class Completion final : public Command {
 public:
  CommandHelp help() const override {
    return {"completion", "bash|zsh", "a script that lets the shell complete commands and flags",
            "source <(kernwise completion bash)\n"
            "kernwise completion zsh > ~/.zfunc/_kernwise",
            "The Debian package installs both scripts."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("SHELL", shell_, "bash or zsh");
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(shell_, "completion", "a shell", "kernwise completion bash"));
    if (shell_ != "bash" && shell_ != "zsh") {
      return invalid_input("there is no completion for '" + shell_ + "'", "bash and zsh have one");
    }
    if (session.json()) {
      return invalid_input("a script for a shell is no JSON", "leave --json out");
    }
    const auto commands = command_texts();
    KERNWISE_TRY(
        session.deliver(shell_ == "bash" ? bash_completion(commands) : zsh_completion(commands)));
    return 0;
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> make_completion() { return std::make_unique<Completion>(); }

}  // namespace kernwise::cli
