// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Two devices that never were, of which each wins in places: a processor without overhead and an
// accelerator that is faster, starts slowly, and lies behind a bus. For tests of placing.
#pragma once

#include <string>

#include "kernwise/place/program.h"
#include "kernwise/place/recorded_costs.h"

namespace kernwise::test {

// Times by formula of all the program's problems, and of `others` random problems for each of
// gemm, gemv, matconv and pool, of two primitives on each device. No noise.
RecordedCosts recorded_pair(const Program& program, int others, uint64_t seed);

// Small kernels and large ones: both devices are needed.
inline constexpr const char* kMixedProgram = R"(A = input(600, 500)
B = input(500, 700)
C = matmul(A, B)
F = input(700, 400)
D = matmul(C, F)
x = input(40)
S = input(48, 40)
y = matvec(S, x)
K = input(3, 3)
E = conv2d(S, K)
P = maxpool(E, 2)
)";

}  // namespace kernwise::test
