// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "command_texts.h"

#include "session.h"

namespace kernwise::cli {
namespace {

CommandText help_text() {
  std::vector<std::string> topics;
  CommonFlags flags;
  Arguments arguments;
  arguments.positionals("COMMAND", topics, "a command, or exit-codes");
  declare_common(arguments, flags);
  return {{"help", "[COMMAND | exit-codes]", "what a command does, with an example",
           "kernwise help plan", ""},
          arguments.help()};
}

}  // namespace

std::vector<CommandText> command_texts() {
  std::vector<CommandText> texts;
  for (const auto& command : all_commands()) {
    CommonFlags flags;
    Arguments arguments;
    command->declare(arguments);
    declare_common(arguments, flags);
    texts.push_back({command->help(), arguments.help()});
  }
  texts.push_back(help_text());
  return texts;
}

ArgumentParts parts_of(const ArgumentHelp& argument) {
  ArgumentParts parts;
  std::string_view rest = argument.spelling;
  while (rest.starts_with('-')) {
    const std::size_t end = rest.find_first_of(", ");
    parts.names.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) return parts;
    rest.remove_prefix(rest.substr(end, 2) == ", " ? end + 2 : end + 1);
  }
  parts.value = rest;
  if (parts.value.find('|') == std::string::npos) return parts;
  for (;;) {
    const std::size_t end = rest.find('|');
    parts.choices.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) return parts;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace kernwise::cli
