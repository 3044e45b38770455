// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <new>
#include <optional>

#include "command.h"
#include "help.h"
#include "isa_flag.h"
#include "kernwise/report/envelope.h"
#include "session.h"
#include "stop.h"
#include "suggest.h"
#include "terminal.h"

namespace kernwise::cli {
namespace {

using Commands = std::vector<std::unique_ptr<Command>>;

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// The error for people on stderr and, with --json, for programs on stdout. Names inside it come
// from files, so each line is made printable.
int fail(const Error& error, bool json, When colour) {
  const TextStyle style = style_of(STDERR_FILENO, colour);
  const std::string text = to_string(error);
  std::string shown;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    shown += printable(std::string_view(text).substr(begin, end - begin), style) + "\n";
    begin = end + 1;
  }
  fmt::print(stderr, "{}: {}", paint("error", Ink::kBad, style), shown);
  if (json) fmt::print("{}", error_json(error));
  return static_cast<int>(error.code);
}

int print(const std::string& text, bool json, When colour) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return 0;
  return fail(invalid_input("cannot write to stdout"), json, colour);
}

// Where the verb stands: the first word that is neither a flag nor a flag's value.
std::optional<std::size_t> find_verb(const std::vector<std::string>& words) {
  CommonFlags flags;
  Arguments common;
  declare_common(common, flags);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with('-')) return i;
    if (common.takes_value(words[i])) ++i;
  }
  return std::nullopt;
}

Command* find_command(const Commands& commands, std::string_view name) {
  for (const auto& command : commands) {
    if (command->help().name == name) return command.get();
  }
  return nullptr;
}

Error unknown_verb(const Commands& commands, const std::string& verb) {
  std::vector<std::string> names = {"help"};
  for (const auto& command : commands) names.push_back(command->help().name);
  const std::string meant = nearest(verb, names);
  return invalid_input("there is no command '" + verb + "'",
                       meant.empty() ? "'kernwise help' lists the commands"
                                     : "did you mean 'kernwise " + meant + "'?");
}

Result<std::string> help_on(const Commands& commands, const std::vector<std::string>& words,
                            const TextStyle& style) {
  CommonFlags flags;
  std::vector<std::string> topics;
  Arguments arguments;
  arguments.positionals("COMMAND", topics, "a command, or exit-codes");
  declare_common(arguments, flags);
  KERNWISE_TRY(arguments.parse("help", words));
  if (topics.empty()) return overview(commands, style);
  if (topics.front() == "exit-codes") return exit_codes();
  Command* command = find_command(commands, topics.front());
  if (command == nullptr) return unknown_verb(commands, topics.front());
  Arguments of_command;
  command->declare(of_command);
  declare_common(of_command, flags);
  return command_help(command->help(), of_command, /*full=*/true, style);
}

// Too little memory is a property of the machine and the job, no defect: the one place that knows
// it for whatever has no handler of its own. What was held is given back by then.
Result<int> run_within_memory(Command& command, Session& session) {
  try {
    return command.run(session);
  } catch (const std::bad_alloc&) {
    return unsupported("there is not enough memory for this",
                       "end other programs, or take smaller inputs (--shape) or fewer --threads");
  }
}

}  // namespace

int run_command_line(const std::vector<std::string>& words) {
  const Commands commands = all_commands();
  const bool json = has(words, "--json");
  When colour = When::kAuto;
  const TextStyle style = style_of(STDOUT_FILENO, colour);

  const std::optional<std::size_t> position = find_verb(words);
  if (!position) {
    if (has(words, "--version")) return run_command_line({"version"});
    const bool asked = words.empty() || has(words, "-h") || has(words, "--help");
    if (asked) return print(overview(commands, style), json, colour);
    return fail(invalid_input("a command is missing", "'kernwise help' lists them"), json, colour);
  }
  const std::string verb = words[*position];
  std::vector<std::string> rest = words;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(*position));
  if (verb == "help") {
    auto text = help_on(commands, rest, style);
    return text.ok() ? print(*text, json, colour) : fail(text.error(), json, colour);
  }
  Command* command = find_command(commands, verb);
  if (command == nullptr) return fail(unknown_verb(commands, verb), json, colour);

  CommonFlags flags;
  Arguments arguments;
  command->declare(arguments);
  declare_common(arguments, flags);
  const Status parsed = arguments.parse(verb, rest);
  colour = parse_when(flags.colour);
  if (flags.short_help || flags.long_help) {
    return print(command_help(command->help(), arguments, flags.long_help, style), json, colour);
  }
  if (!parsed.ok()) return fail(parsed.error(), json, colour);
  flags.threads_given = arguments.given("--threads");

  if (const Status held = apply_isa(flags.isa, words); !held.ok())
    return fail(Error(held.error()).within("--isa"), json, colour);

  Result<int> code = 0;
  {
    Session session(flags, stop_on_signals());
    if (flags.verbose) session.introduce();
    const bool bounded = flags.threads_given && command->uses_this_machine();
    const Status threads = bounded ? session.check_threads() : Status(Ok{});
    code = threads.ok() ? run_within_memory(*command, session) : Result<int>(threads.error());
  }
  return code.ok() ? *code : fail(code.error(), json, colour);
}

}  // namespace kernwise::cli
