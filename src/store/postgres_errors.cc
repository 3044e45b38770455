// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "postgres_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <typeinfo>

namespace kernwise::detail {
namespace {

// libpq's messages are several lines; the parts of an error are one each.
std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

bool is_connection_lost(const std::exception& exception) {
  if (dynamic_cast<const pqxx::broken_connection*>(&exception) != nullptr) {
    // A refusal has no state here either, only its text. In another language than English it is
    // taken for passing, and the error comes when patience ends.
    constexpr std::array<std::string_view, 6> kRefusals = {
        "authentication failed",          "does not exist",
        "no pg_hba.conf entry",           "no password supplied",
        "permission denied for database", "invalid"};
    const std::string_view said = exception.what();
    if (said.find("the database system is") != std::string_view::npos) return true;
    return std::ranges::none_of(kRefusals, [&](std::string_view refusal) {
      return said.find(refusal) != std::string_view::npos;
    });
  }
  if (dynamic_cast<const pqxx::in_doubt_error*>(&exception) != nullptr) return true;
  const auto* sql = dynamic_cast<const pqxx::sql_error*>(&exception);
  if (sql == nullptr) {
    // Only "the other side is gone" has no state of the server and no class of its own.
    return dynamic_cast<const pqxx::failure*>(&exception) != nullptr;
  }
  // Class 08: connection; 57P01..57P03: the server shuts down, crashed, or starts
  // (PostgreSQL documentation, appendix A); none: the connection broke before it could say.
  // libpqxx knows some states as classes, and those carry no text of the state.
  const std::string& state = sql->sqlstate();
  if (state.empty()) return typeid(exception) == typeid(pqxx::sql_error);
  return state.starts_with("08") || state.starts_with("57P0") || state == "40001" ||
         state == "40P01";
}

Error database_error(const std::exception& exception, std::string_view doing,
                     const std::string& shown) {
  const std::string said = one_line(exception.what());
  const auto* sql = dynamic_cast<const pqxx::sql_error*>(&exception);
  const std::string state = sql == nullptr ? "" : sql->sqlstate();
  const auto classify = [&]() -> Error {
    if (sql == nullptr || is_connection_lost(exception)) {
      return invalid_input(fmt::format("cannot {}: {}", doing, said),
                           "check host, port, database and user in --store, and that the server "
                           "runs (docs/shared_stores.md)");
    }
    if (dynamic_cast<const pqxx::insufficient_privilege*>(&exception) != nullptr ||
        state == "25006") {
      return invalid_input(fmt::format("cannot {}: {}", doing, said),
                           "ask for the rights of docs/shared_stores.md, or give another --store");
    }
    if (dynamic_cast<const pqxx::insufficient_resources*>(&exception) != nullptr) {
      return invalid_input(
          fmt::format("cannot {}: {}; what was stored before is intact", doing, said),
          "the server needs room; or give another place with --store");
    }
    return invalid_input(fmt::format("cannot {}: {}", doing, said),
                         "give another place with --store");
  };
  return classify().within(shown);
}

}  // namespace kernwise::detail
