// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "kernwise/store/store.h"

namespace kernwise {
namespace {

// An empty or relative value is to be ignored (XDG Base Directory Specification 0.8).
std::filesystem::path absolute_variable(const char* name) {
  const char* value = std::getenv(name);
  const std::filesystem::path path = value == nullptr ? "" : value;
  return path.is_absolute() ? path : std::filesystem::path();
}

std::filesystem::path home_folder() {
  if (auto home = absolute_variable("HOME"); !home.empty()) return home;
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(1 << 14);
  if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr &&
      found->pw_dir != nullptr) {
    return found->pw_dir;
  }
  return {};
}

}  // namespace

std::filesystem::path default_store_path() {
  auto data = absolute_variable("XDG_DATA_HOME");
  if (data.empty()) data = home_folder() / ".local" / "share";
  return data / "kernwise" / "measurements.db";
}

}  // namespace kernwise
