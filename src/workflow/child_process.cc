// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

extern char** environ;

namespace kernwise {

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& argv) {
  // One socket pair each way: unlike a pipe, writing to a child that is gone is an error we can
  // ask for (MSG_NOSIGNAL) and not a signal.
  int to[2] = {-1, -1};
  int from[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to) != 0) {
    return internal_error(std::string("cannot make a socket pair: ") + std::strerror(errno));
  }
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, from) != 0) {
    const int code = errno;
    close(to[0]);
    close(to[1]);
    return internal_error(std::string("cannot make a socket pair: ") + std::strerror(code));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
  // A group of its own: Ctrl-C goes to the whole group of the terminal, and is for us to handle.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  std::vector<char*> args;
  for (const std::string& arg : argv) args.push_back(const_cast<char*>(arg.c_str()));
  args.push_back(nullptr);
  pid_t pid = -1;
  const int code = posix_spawnp(&pid, args[0], &actions, &attributes, args.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(to[1]);
  close(from[1]);
  if (code != 0) {
    close(to[0]);
    close(from[0]);
    return unsupported(std::string("cannot start '") + argv[0] + "': " + std::strerror(code));
  }
  return ChildProcess(pid, to[0], from[0]);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), to_child_(std::exchange(other.to_child_, -1)),
      from_child_(std::exchange(other.from_child_, -1)), pending_(std::move(other.pending_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  close(to_child_);
  close(from_child_);
  for (int i = 0; i < 50; ++i) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) return;
    usleep(20'000);
  }
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

Status ChildProcess::write_line(const std::string& line) {
  const std::string text = line + '\n';
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t wrote = send(to_child_, text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return unsupported("the process has ended");
    done += static_cast<std::size_t>(wrote);
  }
  return Ok{};
}

Result<std::string> ChildProcess::read_line(Seconds timeout) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::duration<double>(timeout.value);
  for (;;) {
    const std::size_t end = pending_.find('\n');
    if (end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return unsupported("the process does not answer");
    pollfd wait{from_child_, POLLIN, 0};
    const int ready = poll(&wait, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) {
      return Error{ErrorCode::kInterrupted, "interrupted while waiting for a process", {}, {}};
    }
    if (ready <= 0) continue;
    char buffer[4096];
    const ssize_t got = read(from_child_, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return unsupported("the process has ended");
    pending_.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace kernwise
