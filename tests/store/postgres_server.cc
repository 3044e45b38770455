// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "store/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <pqxx/pqxx>
#include <thread>
#include <vector>

namespace kernwise {
namespace {

namespace fs = std::filesystem;
constexpr uid_t kNobody = 65534;

// Debian keeps the server's programs of each version in a folder of their own.
fs::path find_programs() {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    if (fs::exists(version.path() / "bin/initdb", ignored) &&
        fs::exists(version.path() / "bin/postgres", ignored)) {
      found.push_back(version.path() / "bin");
    }
  }
  if (fs::exists("/usr/bin/initdb", ignored)) found.push_back("/usr/bin");
  return found.empty() ? fs::path() : *std::max_element(found.begin(), found.end());
}

// The server refuses to run as root.
pid_t spawn(const std::vector<std::string>& words, const fs::path& log) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (out >= 0) {
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
  }
  if (::geteuid() == 0 &&
      (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
       ::setresuid(kNobody, kNobody, kNobody) != 0)) {
    ::_exit(99);
  }
  ::setsid();  // Ctrl-C is for the tests
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent) ::_exit(98);
  ::setenv("LC_ALL", "C", 1);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

int wait_for_end(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::unique_ptr<PostgresServer> PostgresServer::start(std::string& why, bool fsync) {
  std::unique_ptr<PostgresServer> server(new PostgresServer);
  server->programs_ = find_programs();
  server->fsync_ = fsync;
  if (server->programs_.empty()) {
    why = "no PostgreSQL server is installed (tools/packages/install postgresql.txt)";
    return nullptr;
  }
  std::string pattern = fs::temp_directory_path() / "kernwise-pg-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    why = "no folder for the server's data";
    return nullptr;
  }
  server->folder_ = pattern;
  if (::geteuid() == 0 && ::chown(pattern.c_str(), kNobody, kNobody) != 0) {
    why = "the folder cannot be given to an unprivileged user";
    return nullptr;
  }
  ::chmod(pattern.c_str(), 0755);
  const std::string data = (server->folder_ / "data").string();
  const int code =
      wait_for_end(spawn({server->programs_ / "initdb", "-D", data, "-U", "kernwise", "-A", "trust",
                          "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"},
                         server->folder_ / "log"));
  if (code != 0 || !server->launch()) {
    why = "the PostgreSQL server does not start; see its log";
    return nullptr;
  }
  return server;
}

PostgresServer::~PostgresServer() {
  halt(SIGQUIT);
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

bool PostgresServer::launch() {
  process_ = spawn({programs_ / "postgres", "-D", folder_ / "data", "-k", folder_.string(), "-c",
                    "listen_addresses=", "-c", "max_connections=60", "-c", "shared_buffers=32MB",
                    "-c", fsync_ ? "fsync=on" : "fsync=off", "-c", "max_wal_size=2GB"},
                   folder_ / "log");
  return wait_until_up();
}

bool PostgresServer::wait_until_up() const {
  for (int attempt = 0; attempt < 600; ++attempt) {
    try {
      const pqxx::connection connection(location("postgres"));
      return connection.is_open();
    } catch (const std::exception&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    if (::waitpid(process_, nullptr, WNOHANG) != 0) return false;
  }
  return false;
}

void PostgresServer::halt(int signal) {
  if (process_ <= 0) return;
  ::kill(process_, signal);
  wait_for_end(process_);
  process_ = -1;
}

bool PostgresServer::crash_and_restart() {
  halt(SIGQUIT);  // "immediate shutdown": its children end at once, nothing is written down
  return launch();
}

std::string PostgresServer::location(const std::string& database, const std::string& user) const {
  return "postgresql://" + user + "@/" + database + "?host=" + folder_.string();
}

std::string PostgresServer::new_database() {
  const std::string name = "db" + std::to_string(++databases_);
  pqxx::connection connection(location("postgres"));
  pqxx::nontransaction work(connection);
  work.exec0("CREATE DATABASE " + name);
  return location(name);
}

std::string PostgresServer::sql(const std::string& where, const std::string& statements) const {
  pqxx::connection connection(where);
  pqxx::work work(connection);
  const pqxx::result rows = work.exec(statements);
  const std::string first = rows.empty() || rows.columns() == 0 ? "" : rows[0][0].c_str();
  work.commit();
  return first;
}

}  // namespace kernwise
