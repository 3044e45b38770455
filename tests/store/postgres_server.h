// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A real PostgreSQL server of the tests' own: in a folder that goes away, reachable by a Unix
// socket in it only, run by a user without rights when the tests are root's. It ends with the
// thread that started it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

namespace kernwise {

class PostgresServer {
 public:
  // Null if no server is installed or it does not start; `why` says which.
  static std::unique_ptr<PostgresServer> start(std::string& why, bool fsync = false);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // A new, empty database each time.
  std::string new_database();
  // What `kernwise --store` takes to reach it as another user or database.
  std::string location(const std::string& database, const std::string& user = "kernwise") const;
  // Runs SQL at a location of this server; the first field of the first row, or "".
  std::string sql(const std::string& location, const std::string& statements) const;
  // As a power cut would: no goodbye to anybody, recovery at the start. Then it is up again.
  bool crash_and_restart();

 private:
  PostgresServer() = default;
  bool launch();
  bool wait_until_up() const;
  void halt(int signal);

  std::filesystem::path programs_, folder_;
  bool fsync_ = false;
  pid_t process_ = -1;
  int databases_ = 0;
};

}  // namespace kernwise
