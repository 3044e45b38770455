// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "isa_flag.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "kernwise/device/device.h"
#include "kernwise/primitives/libraries.h"

extern char** environ;

namespace kernwise::cli {
namespace {

bool is_set_so(const EnvironmentEntry& entry) {
  const char* value = std::getenv(entry.name.c_str());
  return entry.value.empty() ? value == nullptr : value != nullptr && value == entry.value;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

Error start_again(const std::vector<EnvironmentEntry>& wanted,
                  const std::vector<std::string>& words) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    if (std::ranges::find(wanted, name, &EnvironmentEntry::name) == wanted.end())
      environment.emplace_back(text);
  }
  for (const EnvironmentEntry& entry : wanted)
    if (!entry.value.empty()) environment.push_back(entry.name + "=" + entry.value);
  std::vector<std::string> arguments = {"kernwise"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  ::execve("/proc/self/exe", pointers_to(arguments).data(), pointers_to(environment).data());
  return unsupported(std::string("the program cannot start itself again: ") + std::strerror(errno),
                     "--isa needs /proc");
}

}  // namespace

Status apply_isa(const std::string& flag, const std::vector<std::string>& words) {
  const Isa isa = flag.empty() ? machine_isa() : parse_isa(flag).value_or(machine_isa());
  KERNWISE_TRY(hold_to_isa(isa));
  const std::vector<EnvironmentEntry> wanted = library_environment(isa);
  if (std::ranges::all_of(wanted, is_set_so)) return Ok{};
  return start_again(wanted, words);
}

}  // namespace kernwise::cli
