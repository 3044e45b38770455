// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A file may grow beyond RLIMIT_FSIZE only at the price of SIGXFSZ, which ends the process before
// the error can be reported. While one of these lives, this thread gets the error (EFBIG) instead.
// The kernel sends the signal to the writing thread, so blocking it there is enough, and the
// disposition, which belongs to the program, stays as it is.
#pragma once

#include <csignal>

namespace kernwise::detail {

class FileSizeSignalBlock {
 public:
  FileSizeSignalBlock();
  ~FileSizeSignalBlock();
  FileSizeSignalBlock(const FileSizeSignalBlock&) = delete;
  FileSizeSignalBlock& operator=(const FileSizeSignalBlock&) = delete;

 private:
  sigset_t before_;
  bool was_pending_ = false;
};

}  // namespace kernwise::detail
