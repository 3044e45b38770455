// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Two loops that find out what a core can do at most, compiled for every instruction set and chosen
// at run time. Thread-safety: pure functions.
#pragma once

#include <cstdint>

namespace kernwise::detail {

// Independent chains of fp32 multiply-adds held in registers; returns how many multiply-adds of
// single elements it did (2 flops each). `sink` gets a value that depends on all of them.
int64_t multiply_add_loop(int64_t iterations, float* sink);

// Sum of `count` floats, read front to back. `count` is a multiple of 1024, `data` 64-byte aligned.
float sum_loop(const float* data, int64_t count);

}  // namespace kernwise::detail
