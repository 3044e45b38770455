// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "kernwise/base/format.h"
#include "suggest.h"

namespace kernwise::cli {
namespace {

// All of `text` as a number, or nothing.
template <typename T>
std::optional<T> parse_all(std::string_view text) {
  T number{};
  const char* end = text.data() + text.size();
  const auto [rest, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc() || rest != end) return std::nullopt;
  return number;
}

std::string first_name(const std::string& names) {  // the long one, for messages
  return names.substr(names.rfind(',') == std::string::npos ? 0 : names.rfind(',') + 1);
}

Result<std::pair<std::string, std::vector<int64_t>>> parse_shape(const std::string& text) {
  const char* hint = "write it like --shape data:1,3,224,224; 'kernwise inspect' names the inputs";
  const std::size_t colon = text.rfind(':');  // names of inputs may contain colons themselves
  if (colon == std::string::npos || colon == 0) {
    return invalid_input("'" + text + "' is no shape: it has no input name", hint);
  }
  std::vector<int64_t> dims;
  std::string_view rest = std::string_view(text).substr(colon + 1);
  for (;;) {
    const std::size_t comma = rest.find(',');
    const auto dim = parse_all<int64_t>(rest.substr(0, comma));
    if (!dim || *dim < 1) {
      return invalid_input(fmt::format("'{}' is no shape: '{}' is no size of 1 or more", text,
                                       rest.substr(0, comma)),
                           hint);
    }
    dims.push_back(*dim);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  return std::pair(text.substr(0, colon), std::move(dims));
}

}  // namespace

struct Arguments::Parsing {
  CLI::App app;
  std::set<std::string> known;  // "--output", "-o"
  std::set<std::string> with_value;
  std::optional<Error> error;  // the first one that a parser of ours found
};

Arguments::Arguments() : parsing_(std::make_unique<Parsing>()) {
  parsing_->app.set_help_flag();  // help is a flag like any other (program.cc)
  parsing_->app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

Arguments::~Arguments() = default;

void Arguments::declare(const std::string& names, const std::string& value_name,
                        const std::string& help) {
  std::string spelling;
  std::string_view rest = names;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string name(rest.substr(0, comma));
    parsing_->known.insert(name);
    if (!value_name.empty()) parsing_->with_value.insert(name);
    if (!spelling.empty()) spelling += ", ";
    spelling += name;
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (!value_name.empty()) spelling += " " + value_name;
  help_.push_back({std::move(spelling), help, common_, group_});
}

void Arguments::flag(const std::string& names, bool& target, const std::string& help) {
  const std::string long_name = first_name(names);
  if (!long_name.starts_with("--")) {
    declare(names, "", help);
    parsing_->app.add_flag(names, target);
    return;
  }
  const std::string negated = "--no-" + long_name.substr(2);
  declare(target ? negated : names, "", help);
  parsing_->known.insert({long_name, negated});
  parsing_->app.add_flag(names + ",!" + negated, target);
}

void Arguments::value(const std::string& names, const std::string& value_name,
                      const std::string& help, Parser parser) {
  declare(names, value_name, help);
  parsing_->app.add_option_function<std::string>(
      names, [this, names, parser = std::move(parser)](const std::string& text) {
        Status status = parser(text);
        if (status.ok() || parsing_->error) return;
        parsing_->error = std::move(status).error().within(first_name(names));
      });
}

void Arguments::text(const std::string& names, std::string& target, const std::string& value_name,
                     const std::string& help) {
  value(names, value_name, help, [&target](const std::string& text) -> Status {
    target = text;
    return Ok{};
  });
}

void Arguments::path(const std::string& names, std::filesystem::path& target,
                     const std::string& value_name, const std::string& help) {
  value(names, value_name, help, [&target](const std::string& text) -> Status {
    if (text.empty()) return invalid_input("a file name cannot be empty");
    target = text;
    return Ok{};
  });
}

void Arguments::texts(const std::string& names, std::vector<std::string>& target,
                      const std::string& value_name, Repeat repeat, const std::string& help) {
  declare(names,
          value_name + (repeat == Repeat::kList           ? "..."
                        : repeat == Repeat::kCommaOrTwice ? ",..."
                                                          : ""),
          help);
  CLI::Option* option = parsing_->app.add_option(names, target);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  option->allow_extra_args(repeat == Repeat::kList);
  if (repeat == Repeat::kCommaOrTwice) option->delimiter(',');
}

void Arguments::choice(const std::string& names, std::string& target,
                       const std::vector<std::string>& choices, const std::string& help) {
  value(names, fmt::format("{}", fmt::join(choices, "|")), help,
        [&target, choices](const std::string& text) -> Status {
          if (std::ranges::find(choices, text) == choices.end()) {
            return invalid_input("there is no '" + text + "'",
                                 fmt::format("choose from {}", fmt::join(choices, ", ")));
          }
          target = text;
          return Ok{};
        });
}

void Arguments::integer(const std::string& names, int64_t& target, int64_t low, int64_t high,
                        const std::string& help) {
  value(names, "N", help, [&target, low, high](const std::string& text) -> Status {
    const auto number = parse_all<int64_t>(text);
    if (!number || *number < low || *number > high) {
      return invalid_input(fmt::format("'{}' is no whole number from {} to {}", text, low, high));
    }
    target = *number;
    return Ok{};
  });
}

void Arguments::number(const std::string& names, double& target, double low, double high,
                       const std::string& help) {
  value(names, "X", help, [&target, low, high](const std::string& text) -> Status {
    const auto number = parse_all<double>(text);
    if (!number || !(*number >= low && *number <= high)) {
      return invalid_input(fmt::format("'{}' is no number from {} to {}", text, low, high));
    }
    target = *number;
    return Ok{};
  });
}

void Arguments::duration(const std::string& names, Seconds& target, const std::string& help) {
  value(names, "TIME", help, [&target](const std::string& text) -> Status {
    KERNWISE_ASSIGN(target, parse_duration(text));
    return Ok{};
  });
}

void Arguments::bytes(const std::string& names, Bytes& target, const std::string& help) {
  value(names, "SIZE", help, [&target](const std::string& text) -> Status {
    KERNWISE_ASSIGN(target, parse_bytes(text));
    return Ok{};
  });
}

void Arguments::shapes(const std::string& names,
                       std::map<std::string, std::vector<int64_t>>& target,
                       const std::string& help) {
  declare(names, "NAME:N,C,H,W", help);
  CLI::Option* option = parsing_->app.add_option_function<std::vector<std::string>>(
      names, [this, names, &target](const std::vector<std::string>& list) {
        for (const std::string& text : list) {
          auto shape = parse_shape(text);
          if (shape.ok()) {
            target.insert_or_assign(shape->first, shape->second);
          } else if (!parsing_->error) {
            parsing_->error = std::move(shape).error().within(first_name(names));
          }
        }
      });
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
}

void Arguments::positional(const std::string& name, std::string& target, const std::string& help) {
  help_.push_back({name, help, common_, group_});
  parsing_->app.add_option(name, target);
}

void Arguments::positionals(const std::string& name, std::vector<std::string>& target,
                            const std::string& help) {
  help_.push_back({name + "...", help, common_, group_});
  parsing_->app.add_option(name, target)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Status Arguments::check_flags(const std::string& command,
                              const std::vector<std::string>& words) const {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") break;
    if (!word.starts_with('-') || word == "-") continue;
    if (word[1] != '-') {
      // Short flags may be joined to each other or to their value; the first letter decides.
      const std::string flag = word.substr(0, 2);
      if (parsing_->known.contains(flag)) {
        if (word.size() == 2 && takes_value(flag)) ++i;
        continue;
      }
      // A negative number is a value in the wrong place at worst, and is told so elsewhere.
      return invalid_input(fmt::format("unknown flag '{}' for '{}'", flag, command),
                           fmt::format("'kernwise help {}' lists the flags", command));
    }
    const std::string flag = word.substr(0, word.find('='));
    if (parsing_->known.contains(flag)) {
      if (flag == word && takes_value(flag)) ++i;
      continue;
    }
    const std::string meant = nearest(flag, {parsing_->known.begin(), parsing_->known.end()});
    return invalid_input(fmt::format("unknown flag '{}' for '{}'", flag, command),
                         meant.empty() ? fmt::format("'kernwise help {}' lists the flags", command)
                                       : fmt::format("did you mean '{}'?", meant));
  }
  return Ok{};
}

Status Arguments::parse(const std::string& command, const std::vector<std::string>& words) {
  KERNWISE_TRY(check_flags(command, words));
  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());  // as CLI11 wants them
    parsing_->app.parse(std::move(reversed));
  } catch (const CLI::ExtrasError&) {
    const std::vector<std::string> extra = parsing_->app.remaining();
    return invalid_input(fmt::format("'{}' is one argument too many for '{}'",
                                     extra.empty() ? "" : extra.front(), command),
                         fmt::format("'kernwise help {}' says what it takes", command));
  } catch (const CLI::ParseError& e) {
    return invalid_input(e.what(), fmt::format("'kernwise help {}' says what it takes", command));
  }
  if (parsing_->error) return *parsing_->error;
  return Ok{};
}

bool Arguments::given(const std::string& name) const {
  const CLI::Option* option = parsing_->app.get_option_no_throw(name);
  return option != nullptr && option->count() > 0;
}

bool Arguments::takes_value(const std::string& flag) const {
  return parsing_->with_value.contains(flag);
}

}  // namespace kernwise::cli
