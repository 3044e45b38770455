// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "postgres_connection.h"

#include <algorithm>
#include <array>
#include <thread>

namespace kernwise::detail {
namespace {

using std::chrono::milliseconds;

// Where nobody says a word a cut cable looks like a slow server: without these, a connection waits
// for hours. What the location says itself is kept.
std::string with_timeouts(const std::string& location) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kDefaults = {
      {{"connect_timeout", "10"},
       {"keepalives_idle", "10"},
       {"keepalives_interval", "5"},
       {"keepalives_count", "3"},
       {"tcp_user_timeout", "20000"},
       {"application_name", "kernwise"}}};
  std::string full = location;
  for (const auto& [key, value] : kDefaults) {
    const std::string assigned = std::string(key) + "=";
    if (full.find("?" + assigned) != std::string::npos ||
        full.find("&" + assigned) != std::string::npos) {
      continue;
    }
    full += full.find('?') == std::string::npos ? '?' : '&';
    full += assigned + std::string(value);
  }
  return full;
}

}  // namespace

PostgresConnection::Waiting::Waiting(const Patience& patience)
    : patience_(patience), end_(std::chrono::steady_clock::now() +
                                std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                    std::chrono::duration<double>(patience.longest.value))) {}

bool PostgresConnection::Waiting::wait() {
  const auto stopped = [&] { return patience_.stop != nullptr && patience_.stop->load(); };
  const auto now = std::chrono::steady_clock::now();
  if (now >= end_) return false;
  const auto until = std::min(now + next_, end_);
  next_ = std::min(2 * next_, milliseconds(2000));
  while (std::chrono::steady_clock::now() < until) {
    if (stopped()) return false;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return !stopped();
}

PostgresConnection::PostgresConnection(std::string location, StoreMode mode, Patience patience)
    : location_(with_timeouts(location)), shown_(shown_location(location)), mode_(mode),
      patience_(patience) {}

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(const std::string& location,
                                                                     StoreMode mode,
                                                                     Patience patience) {
  std::unique_ptr<PostgresConnection> made(new PostgresConnection(location, mode, patience));
  const Patience opening{patience.opening, patience.stop};
  for (Waiting waiting(opening);;) {
    try {
      made->connect();
      return made;
    } catch (const std::exception& exception) {
      if (!is_connection_lost(exception) || !waiting.wait()) {
        return made->given_up(exception, "connect");
      }
    }
  }
}

void PostgresConnection::connect() {
  if (connection_ != nullptr && connection_->is_open()) return;
  connection_.reset();
  auto made = std::make_unique<pqxx::connection>(location_);
  // As variables of the connection, which libpqxx sets again when it connects anew by itself.
  made->set_variable("client_min_messages", "error");  // notices have nobody to go to
  made->set_variable("client_encoding", "'UTF8'");
  made->set_variable("extra_float_digits", "1");  // doubles come back bit by bit
  // The server lets go of what a machine held that fell off the network.
  made->set_variable("tcp_keepalives_idle", "10");
  made->set_variable("tcp_keepalives_interval", "5");
  made->set_variable("tcp_keepalives_count", "3");
  made->set_variable("idle_in_transaction_session_timeout", "'10min'");
  if (mode_ == StoreMode::kReadOnly) made->set_variable("default_transaction_read_only", "on");
  connection_ = std::move(made);
}

Error PostgresConnection::given_up(const std::exception& exception, std::string_view doing) const {
  if (patience_.stop != nullptr && patience_.stop->load()) {
    return Error{ErrorCode::kInterrupted, "stopped while waiting for the server", {shown_}, {}};
  }
  return database_error(exception, doing, shown_);
}

}  // namespace kernwise::detail
