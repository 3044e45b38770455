// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "kernwise/base/result.h"
#include "program.h"

namespace {

// What nobody foresaw ends here, with the line that brings it back.
int unforeseen(const char* what, int argc, char** argv) {
  fmt::print(stderr, "error: {}\n  reproduce with:", what);
  for (int i = 0; i < argc; ++i) fmt::print(stderr, " '{}'", argv[i]);
  fmt::print(stderr, "\n");
  return static_cast<int>(kernwise::ErrorCode::kInternal);
}

}  // namespace

int main(int argc, char** argv) {
  // A file that may not grow further is an error to be told, not a reason to die without a word.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return kernwise::cli::run_command_line({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    return unforeseen(e.what(), argc, argv);
  }
}
