// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Nothing that a command declares is left out of the manual pages and of the shells' completion.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "cli/man_page.h"
#include "cli/shell_completion.h"
#include "kernwise/base/file.h"
#include "kernwise/base/temporary_folder.h"

namespace kernwise::cli {
namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string in_roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '-') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::array<char, 4096> part{};
  while (pipe != nullptr) {
    const std::size_t got = std::fread(part.data(), 1, part.size(), pipe);
    if (got == 0) break;
    text.append(part.data(), got);
  }
  if (pipe != nullptr) ::pclose(pipe);
  return text;
}

TEST(Manual, EveryCommandAndFlagHasItsPlace) {
  const auto commands = command_texts();
  const std::string overview = man_overview(commands, "1.2");
  const std::string bash = bash_completion(commands), zsh = zsh_completion(commands);
  EXPECT_EQ(commands.size(), all_commands().size() + 1);
  for (const CommandText& command : commands) {
    const std::string& name = command.help.name;
    EXPECT_TRUE(holds(overview, "kernwise\\-" + name + " (1)")) << name;
    const std::string page = man_page(command, "1.2");
    EXPECT_TRUE(holds(page, ".TH \"kernwise-" + name + "\"")) << name;
    const std::size_t flags = bash.find("      " + name + ") COMPREPLY");
    ASSERT_NE(flags, std::string::npos) << name;
    const std::string line = bash.substr(flags, bash.find('\n', flags) - flags);
    const std::size_t begin = zsh.find("    " + name + ")\n");
    ASSERT_NE(begin, std::string::npos) << name;
    const std::string part = zsh.substr(begin, zsh.find(";;", begin) - begin);
    for (const ArgumentHelp& argument : command.arguments) {
      EXPECT_TRUE(holds(page, fmt::format("\n.B {}\n", in_roff(argument.spelling))))
          << argument.spelling;
      for (const std::string& flag : parts_of(argument).names) {
        EXPECT_TRUE(holds(line, flag)) << name << " " << flag;
        EXPECT_TRUE(holds(part, "'" + flag + "[")) << name << " " << flag;
      }
    }
  }
}

TEST(Manual, ArgumentsAreTakenApart) {
  const ArgumentParts file = parts_of({"-o, --output FILE", "", false});
  EXPECT_EQ(file.names, (std::vector<std::string>{"-o", "--output"}));
  EXPECT_EQ(file.value, "FILE");
  EXPECT_TRUE(file.choices.empty());
  const ArgumentParts colour = parts_of({"--color auto|always|never", "", true});
  EXPECT_EQ(colour.choices, (std::vector<std::string>{"auto", "always", "never"}));
  EXPECT_TRUE(parts_of({"MODEL", "", false}).names.empty());
  EXPECT_EQ(parts_of({"--json", "", true}).value, "");
}

class Bash : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("bash --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no bash";
    ASSERT_TRUE(write_file(script(), bash_completion(command_texts())).ok());
  }
  std::filesystem::path script() const { return folder_->path() / "kernwise"; }
  // What the shell offers behind these words.
  std::string offered(const std::string& words) const {
    return output_of("bash -c 'source " + script().string() + "; COMP_WORDS=(" + words +
                     "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _kernwise; " +
                     "echo \"${COMPREPLY[*]}\"'");
  }
  Result<TemporaryFolder> folder_ = TemporaryFolder::make();
};

TEST_F(Bash, CompletesCommandsFlagsAndChoices) {
  EXPECT_EQ(offered("kernwise exp"), "explain\n");
  EXPECT_EQ(offered("kernwise plan --pare"), "--pareto\n");
  EXPECT_EQ(offered("kernwise --json plan net.onnx --policy fa"), "fastest\n");
  EXPECT_EQ(offered("kernwise plan net.on"), "\n");  // a file: bash's own work
  EXPECT_EQ(offered("kernwise help exi"), "exit-codes\n");
}

TEST(Manual, FormattersHaveNoComplaints) {
  if (std::system("groff --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no groff";
  const auto folder = TemporaryFolder::make();
  ASSERT_TRUE(folder.ok());
  const auto commands = command_texts();
  std::vector<std::string> pages = {man_overview(commands, "1.2")};
  for (const CommandText& command : commands) pages.push_back(man_page(command, "1.2"));
  for (const std::string& page : pages) {
    const std::string file = folder->path() / "page.1";
    ASSERT_TRUE(write_file(file, page).ok());
    EXPECT_EQ(output_of("groff -man -Tascii -ww -rLL=100n " + file + " 2>&1 >/dev/null"), "")
        << page.substr(0, 60);
  }
}

TEST(Manual, TheScriptForZshParses) {
  if (std::system("zsh --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no zsh";
  const auto folder = TemporaryFolder::make();
  ASSERT_TRUE(folder.ok());
  const std::string file = folder->path() / "_kernwise";
  ASSERT_TRUE(write_file(file, zsh_completion(command_texts())).ok());
  EXPECT_EQ(std::system(("zsh -n " + file).c_str()), 0);
}

}  // namespace
}  // namespace kernwise::cli
