// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// For people who compare the memory model with the truth: after every operator, forward or
// backward, a line on standard error with its name and its allocated bytes.
#pragma once

namespace kernwise::torch_worker {

// name, bytes before, highest while it ran, and after
void start_operator_trace();

}  // namespace kernwise::torch_worker
