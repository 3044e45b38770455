// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Runs the program as a shell would, in a folder of its own that is removed at the end.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace kernwise {

struct Finished {
  int code = -1;    // exit code; 128 + signal if a signal ended it
  std::string out;  // stdout
  std::string err;  // stderr
};

class Playground {
 public:
  Playground();  // an empty folder; the default store lies in it
  ~Playground();
  Playground(const Playground&) = delete;
  Playground& operator=(const Playground&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  std::filesystem::path write(const std::string& name, const std::string& content) const;

  // Waits for the end. `out`: a file for stdout instead of Finished::out.
  Finished run(const std::vector<std::string>& words, const std::string& out = {}) const;
  // Starts it, and lets it go on.
  pid_t start(const std::vector<std::string>& words, const std::string& out = {}) const;
  Finished wait(pid_t process) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace kernwise
