// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>

namespace kernwise::experiments {
namespace {

std::filesystem::path kernwise_program() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "kernwise";
}

// A process whose output is read; it is interrupted when this program ends, however that comes
// about, so that it never measures beside the next run.
struct Child {
  pid_t id = -1;
  int output = -1;
};

Child start(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {};
  const pid_t parent = getpid();
  const pid_t id = fork();
  if (id == 0) {
    prctl(PR_SET_PDEATHSIG, SIGINT);
    if (getppid() != parent) _exit(127);
    dup2(ends[1], STDOUT_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  if (id < 0) close(ends[0]);
  return {id, id < 0 ? -1 : ends[0]};
}

}  // namespace

Result<nlohmann::ordered_json> kernwise_json(std::vector<std::string> words,
                                             bool criterion_may_fail) {
  words.insert(words.begin(), kernwise_program().string());
  words.insert(words.end(), {"--json", "-q"});
  const Child child = start(words);
  if (child.id < 0) return internal_error("cannot start a process");
  std::string text;
  std::array<char, 1 << 16> buffer{};
  while (true) {
    const ssize_t count = read(child.output, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  close(child.output);
  int status = 0;
  while (waitpid(child.id, &status, 0) < 0 && errno == EINTR) {
  }
  const bool failed_criterion = WIFEXITED(status) && WEXITSTATUS(status) == 1 && criterion_may_fail;
  const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  if ((status != 0 && !failed_criterion) || json.is_discarded()) {
    return invalid_input(fmt::format("failed: {}", fmt::join(words, " ")),
                         "its message stands above");
  }
  return json.at("result");
}

}  // namespace kernwise::experiments
