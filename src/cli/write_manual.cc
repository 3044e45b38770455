// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Writes what a package installs besides the program:  kernwise_write_manual FOLDER VERSION
// makes FOLDER/man1/*.1, FOLDER/bash/kernwise and FOLDER/zsh/_kernwise. A step of the build.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "kernwise/base/file.h"
#include "man_page.h"
#include "shell_completion.h"

namespace {

kernwise::Status write_all(const std::filesystem::path& folder, const std::string& version) {
  using namespace kernwise;
  using namespace kernwise::cli;
  for (const char* name : {"man1", "bash", "zsh"}) {
    std::error_code failed;
    std::filesystem::create_directories(folder / name, failed);
    if (failed) return invalid_input("cannot make a folder: " + failed.message()).within(folder);
  }
  const std::vector<CommandText> commands = command_texts();
  KERNWISE_TRY(write_file(folder / "man1/kernwise.1", man_overview(commands, version)));
  for (const CommandText& command : commands) {
    KERNWISE_TRY(write_file(folder / "man1" / fmt::format("kernwise-{}.1", command.help.name),
                            man_page(command, version)));
  }
  KERNWISE_TRY(write_file(folder / "bash/kernwise", bash_completion(commands)));
  return write_file(folder / "zsh/_kernwise", zsh_completion(commands));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: kernwise_write_manual FOLDER VERSION\n");
    return 2;
  }
  const kernwise::Status written = write_all(argv[1], argv[2]);
  if (written.ok()) return 0;
  std::fprintf(stderr, "%s\n", to_string(written.error()).c_str());
  return 4;
}
