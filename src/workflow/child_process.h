// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A child process that is spoken to line by line over its standard input and output. Its standard
// error stays ours; signals of the terminal do not reach it. Ends with the object.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"

namespace kernwise {

class ChildProcess {
 public:
  // `argv[0]` is looked up in PATH.
  static Result<ChildProcess> start(const std::vector<std::string>& argv);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();  // closes its input, waits a moment, then kills

  Status write_line(const std::string& line);
  // Without the line end. An error when the child ends or says nothing for `timeout`.
  Result<std::string> read_line(Seconds timeout);

 private:
  ChildProcess(pid_t pid, int to_child, int from_child)
      : pid_(pid), to_child_(to_child), from_child_(from_child) {}

  pid_t pid_ = -1;
  int to_child_ = -1;
  int from_child_ = -1;
  std::string pending_;
};

}  // namespace kernwise
