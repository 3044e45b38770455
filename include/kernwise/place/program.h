// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A program of kernels: a small text file of operations on named tensors (docs/formats/program.md),
// and what it is parsed into, a task graph.
//
//   A = input(512, 256)      # a matrix: rows, columns
//   x = input(256)           # a vector
//   y = matvec(A, x)         # [512]
//   B = input(256, 64)
//   C = matmul(A, B)         # [512, 64]
//   K = input(3, 3)
//   E = conv2d(C, K)         # valid, one channel: [510, 62]
//   P = maxpool(E, 2)        # windows of 2 x 2, stride 2: [255, 31]
//   output y, C              # besides what nobody reads
//
// Invariants of a Program: tasks stand in execution order, which is the order of the text; each
// tensor is an input or made by exactly one task, before its uses; every input is read; there is at
// least one task. All elements are float32, matrices lie row by row.
// Thread-safety: plain values, pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/problem.h"

namespace kernwise {

enum class TaskKind : uint8_t { kMatmul = 0, kMatvec = 1, kConv2d = 2, kMaxpool = 3 };
std::string_view to_string(TaskKind kind);  // "matmul", "matvec", "conv2d", "maxpool"

struct Tensor {
  std::string name;
  int64_t rows = 1, columns = 1;
  bool vector = false;            // one dimension: rows
  int maker = -1;                 // task; -1: an input of the program
  std::vector<int> readers = {};  // tasks, ascending, each once
  bool output = false;            // wanted on the host at the end
  int line = 0;                   // where it is defined, from 1

  Bytes bytes() const { return {rows * columns * 4}; }
  friend bool operator==(const Tensor&, const Tensor&) = default;
};

struct Task {
  TaskKind kind = TaskKind::kMatmul;
  Problem problem;
  std::vector<int> inputs;  // tensors, in the problem's order
  int output = -1;          // tensor; its name is the task's
  int line = 0;
  friend bool operator==(const Task&, const Task&) = default;
};

struct Program {
  std::vector<Tensor> tensors;
  std::vector<Task> tasks;
  const std::string& name(const Task& task) const {
    return tensors[static_cast<std::size_t>(task.output)].name;
  }
  friend bool operator==(const Program&, const Program&) = default;
};

// Text of strangers: any bytes. kInvalidInput with every error of the text (the first twenty), each
// with its line and column, both from 1; what follows only from an earlier error is not reported.
inline constexpr Bytes kLargestProgram{int64_t{1} << 20};
Result<Program> parse_program(std::string_view text);

// The same program without comments, one statement a line, outputs listed at the end.
std::string to_text(const Program& program);

}  // namespace kernwise
