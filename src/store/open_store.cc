// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/store/store.h"

namespace kernwise {

bool is_database_location(std::string_view location) {
  return location.starts_with("postgresql://") || location.starts_with("postgres://");
}

std::string shown_location(const std::string& location) {
  if (!is_database_location(location)) return location;
  // postgresql://user:password@host/database?password=..., the two places where one can stand.
  std::string shown = location;
  const std::size_t begin = shown.find("://") + 3;
  const std::size_t end = std::min(shown.find_first_of("/?", begin), shown.size());
  const std::size_t at = shown.rfind('@', end);
  if (at != std::string::npos && at > begin) {
    const std::size_t colon = shown.find(':', begin);
    if (colon < at) shown.replace(colon, at - colon, ":***");
  }
  for (const std::string_view key :
       {"?password=", "&password=", "?sslpassword=", "&sslpassword="}) {
    const std::size_t found = shown.find(key);
    if (found == std::string::npos) continue;
    const std::size_t value = found + key.size();
    shown.replace(value, std::min(shown.find('&', value), shown.size()) - value, "***");
  }
  return shown;
}

Result<std::unique_ptr<Store>> open_store(const std::string& location, StoreMode mode) {
  if (is_database_location(location)) return open_postgres_store(location, mode);
  const std::size_t scheme = location.find("://");
  if (scheme != std::string::npos) {
    return invalid_input("there are no stores of the kind '" + location.substr(0, scheme) + "'",
                         "--store takes a file or postgresql://host/database")
        .within(shown_location(location));
  }
  return open_sqlite_store(location, mode);
}

}  // namespace kernwise
