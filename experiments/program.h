// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the main programs of all experiments do alike.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "kernwise/base/result.h"

namespace kernwise::experiments {

// Says the error on stderr; its exit code.
inline int failed(const Error& error) {
  fmt::print(stderr, "error: {}\n", to_string(error));
  return static_cast<int>(error.code);
}

// run(argc, argv); what it throws ends the program with a message and the code of a defect.
inline int run_program(int (*run)(int, char**), int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "error: {}\n", problem.what());
    return static_cast<int>(ErrorCode::kInternal);
  }
}

}  // namespace kernwise::experiments
