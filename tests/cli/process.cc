// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cli/process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace kernwise {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Playground::Playground() {
  std::string pattern = (std::filesystem::temp_directory_path() / "kernwise-cli-XXXXXX").string();
  if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
}

Playground::~Playground() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::filesystem::path Playground::write(const std::string& name, const std::string& text) const {
  std::ofstream(file(name), std::ios::binary) << text;
  return file(name);
}

pid_t Playground::start(const std::vector<std::string>& words, const std::string& out) const {
  const pid_t child = ::fork();
  if (child != 0) return child;
  const std::string out_file = out.empty() ? file("stdout").string() : out;
  const int out_fd = ::open(out_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const int err_fd = ::open(file("stderr").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::dup2(out_fd, STDOUT_FILENO);
  ::dup2(err_fd, STDERR_FILENO);
  ::setenv("XDG_DATA_HOME", folder_.c_str(), 1);
  ::setenv("LC_ALL", "C", 1);
  std::vector<char*> arguments = {const_cast<char*>(KERNWISE_PROGRAM)};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  if (::chdir(folder_.c_str()) == 0) ::execv(KERNWISE_PROGRAM, arguments.data());
  ::_exit(127);
}

Finished Playground::wait(pid_t process) const {
  int status = 0;
  ::waitpid(process, &status, 0);
  Finished finished;
  finished.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  finished.out = content(file("stdout"));
  finished.err = content(file("stderr"));
  return finished;
}

Finished Playground::run(const std::vector<std::string>& words, const std::string& out) const {
  std::error_code ignored;
  std::filesystem::remove(file("stdout"), ignored);
  return wait(start(words, out));
}

}  // namespace kernwise
