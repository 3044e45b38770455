// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "help.h"

#include <fmt/format.h>

#include <algorithm>

namespace kernwise::cli {
namespace {

constexpr std::size_t kWidest = 34;  // of the left column; longer spellings get a line of their own
constexpr std::size_t kLine = 100;

// At blanks, so that nothing goes beyond kLine; a word longer than that stays whole.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string result;
  std::size_t at = indent;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find(' ', start), text.size());
    const std::size_t length = end - start;
    if (at > indent && at + 1 + length > kLine) {
      result += '\n';
      result.append(indent, ' ');
      at = indent;
    } else if (at > indent) {
      result += ' ';
      ++at;
    }
    result += text.substr(start, length);
    at += length;
    start = end + 1;
  }
  return result + "\n";
}

std::string argument_lines(const std::vector<ArgumentHelp>& arguments, bool common) {
  std::size_t width = 0;
  for (const ArgumentHelp& a : arguments) {
    if (a.common == common && a.spelling.size() <= kWidest) {
      width = std::max(width, a.spelling.size());
    }
  }
  std::string text, group;
  for (const ArgumentHelp& a : arguments) {
    if (a.common != common) continue;
    if (!common && a.group != group) {
      group = a.group;
      text += fmt::format("\n{}:\n", group);
    }
    if (a.spelling.size() <= width) {
      text += fmt::format("  {:{}}  ", a.spelling, width);
    } else {
      text += fmt::format("  {}\n  {:{}}  ", a.spelling, "", width);
    }
    text += wrapped(a.text, width + 4);
  }
  return text;
}

std::string indented(const std::string& lines) {
  std::string text = "  ";
  for (const char c : lines) text += c == '\n' ? std::string("\n  ") : std::string(1, c);
  return text + "\n";
}

}  // namespace

std::string overview(const std::vector<std::unique_ptr<Command>>& commands,
                     const TextStyle& style) {
  std::string text =
      "kernwise runs a neural network with the fastest implementation of every layer\n\n"
      "usage: kernwise COMMAND [ARGUMENT...] [--flag VALUE]\n\n";
  for (const auto& command : commands) {
    const CommandHelp help = command->help();
    text += fmt::format("  {}  {}\n", paint(fmt::format("{:10}", help.name), Ink::kBold, style),
                        help.summary);
  }
  text +=
      "  help        help COMMAND, help exit-codes\n\n"
      "a first try:\n"
      "  kernwise zoo squeezenet1_1 -o squeezenet.onnx\n"
      "  kernwise plan squeezenet.onnx -o squeezenet.plan.json\n"
      "  kernwise run squeezenet.plan.json --verify\n";
  return text;
}

std::string command_help(const CommandHelp& help, const Arguments& arguments, bool full,
                         const TextStyle& style) {
  std::string text;
  if (full) text += paint("example", Ink::kBold, style) + "\n" + indented(help.example) + "\n";
  text += fmt::format("kernwise {}: {}\n\nusage: kernwise {} {}\n", help.name, help.summary,
                      help.name, help.usage);
  text += argument_lines(arguments.help(), /*common=*/false);
  if (full && !help.details.empty()) text += "\n" + help.details + "\n";
  if (full) {
    text += "\nflags of every command:\n" + argument_lines(arguments.help(), /*common=*/true);
  } else {
    text += fmt::format("more: kernwise help {}\n", help.name);
  }
  return text;
}

std::string exit_codes() {
  return "exit codes\n"
         "  0    done\n"
         "  1    done, but what was asked for does not hold: verification failed, machine not fit\n"
         "       (doctor --strict), a cap not kept (plan --memory), slower than allowed\n"
         "       (compare --fail-if-slower)\n"
         "  2    wrong usage, or invalid input: a file that is missing, broken or not writable\n"
         "  3    valid, but not supported on this device or for this network, every reason named;\n"
         "       or there is too little memory\n"
         "  4    a defect of kernwise or of a library under it\n"
         "  130  interrupted; what was measured is kept, the same command goes on from there\n";
}

}  // namespace kernwise::cli
