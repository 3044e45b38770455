// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Counts every byte that libtorch's tensors take, exactly, and enforces a limit: an allocation
// beyond it throws, as an allocation that the machine cannot give would. oneDNN's buffers go
// through the same allocator (libtorch gives it to them), so workspaces of convolutions count too.
// Thread-safety: all functions may be called from any thread.
#pragma once

#include <cstdint>
#include <string>

namespace kernwise::torch_worker {

// Puts the counting allocator in the place of libtorch's; before the first tensor is made.
void install_counting_allocator();

void set_limit(int64_t bytes);  // 0: none
int64_t allocated_bytes();      // now
int64_t allocated_peak();       // since the last reset_peak()
void reset_peak();              // to what is allocated now
int64_t reserved_peak();        // what malloc held when allocated bytes were highest, ever

// Whether an allocation failed or was refused; where an exception was turned into another on its
// way, this still knows. `refused_request` is how many bytes it asked for.
bool ran_out();
int64_t refused_request();

}  // namespace kernwise::torch_worker
