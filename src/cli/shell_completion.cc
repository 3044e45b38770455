// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "shell_completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kernwise::cli {
namespace {

std::string words_of_commands(const std::vector<CommandText>& commands,
                              std::string_view separator) {
  std::vector<std::string> names;
  for (const CommandText& command : commands) names.push_back(command.help.name);
  return fmt::format("{}", fmt::join(names, separator));
}

std::vector<std::string> flags_of(const CommandText& command) {
  std::vector<std::string> flags;
  for (const ArgumentHelp& argument : command.arguments) {
    for (const std::string& name : parts_of(argument).names) flags.push_back(name);
  }
  return flags;
}

// Inside '...' of a specification of _arguments, where brackets and colons have a meaning.
std::string zsh_quoted(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::string zsh_value(const ArgumentParts& parts) {
  if (parts.value.empty()) return "";
  if (!parts.choices.empty()) return fmt::format(":value:({})", fmt::join(parts.choices, " "));
  return fmt::format(":{}:_files", zsh_quoted(parts.value));
}

}  // namespace

std::string bash_completion(const std::vector<CommandText>& commands) {
  std::string text =
      "# bash completion for kernwise, made from the definitions of its commands\n"
      "_kernwise() {\n"
      "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" verb= i\n"
      "  COMPREPLY=()\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"${COMP_WORDS[i]}\" in\n";
  text += fmt::format("      {}) verb=\"${{COMP_WORDS[i]}}\"; break ;;\n",
                      words_of_commands(commands, "|"));
  text +=
      "    esac\n"
      "  done\n"
      "  case \"$verb $prev\" in\n";
  for (const CommandText& command : commands) {
    for (const ArgumentHelp& argument : command.arguments) {
      const ArgumentParts parts = parts_of(argument);
      if (parts.names.empty() || parts.choices.empty()) continue;
      text +=
          fmt::format("    \"{} {}\") COMPREPLY=($(compgen -W \"{}\" -- \"$cur\")); return ;;\n",
                      command.help.name, parts.names.back(), fmt::join(parts.choices, " "));
    }
  }
  text += fmt::format(
      "    \"help help\") COMPREPLY=($(compgen -W \"{} exit-codes\" -- \"$cur\")); return ;;\n",
      words_of_commands(commands, " "));
  text +=
      "  esac\n"
      "  if [[ -z $verb && $cur != -* ]]; then\n";
  text += fmt::format("    COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))\n",
                      words_of_commands(commands, " "));
  text +=
      "  elif [[ $cur == -* ]]; then\n"
      "    case \"$verb\" in\n";
  for (const CommandText& command : commands) {
    text += fmt::format("      {}) COMPREPLY=($(compgen -W \"{}\" -- \"$cur\")) ;;\n",
                        command.help.name, fmt::join(flags_of(command), " "));
  }
  text +=
      "    esac\n"
      "  fi\n"
      "}\n"
      "complete -o default -F _kernwise kernwise\n";
  return text;
}

std::string zsh_completion(const std::vector<CommandText>& commands) {
  std::string text =
      "#compdef kernwise\n"
      "# zsh completion for kernwise, made from the definitions of its commands\n"
      "_kernwise() {\n"
      "  local -a verbs=(\n";
  for (const CommandText& command : commands) {
    text += fmt::format("    '{}:{}'\n", command.help.name, zsh_quoted(command.help.summary));
  }
  text +=
      "  )\n"
      "  if ((CURRENT == 2)); then\n"
      "    _describe command verbs\n"
      "    return\n"
      "  fi\n"
      "  local verb=$words[2]\n"
      "  shift words\n"
      "  ((CURRENT--))\n"
      "  case $verb in\n";
  for (const CommandText& command : commands) {
    text += fmt::format("    {})\n      _arguments -s \\\n", command.help.name);
    for (const ArgumentHelp& argument : command.arguments) {
      const ArgumentParts parts = parts_of(argument);
      for (const std::string& name : parts.names) {
        text += fmt::format("        '{}[{}]{}' \\\n", name, zsh_quoted(argument.text),
                            zsh_value(parts));
      }
    }
    text += "        '*:file:_files'\n      ;;\n";
  }
  text +=
      "  esac\n"
      "}\n"
      "_kernwise \"$@\"\n";
  return text;
}

}  // namespace kernwise::cli
