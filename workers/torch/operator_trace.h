// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// For people who compare the memory model with the truth: after every operator, forward or
// backward, a line on standard error.
#pragma once

namespace kernwise::torch_worker {

// "trace", whether it is forward or backward, its name, bytes before and after
void start_operator_trace();

}  // namespace kernwise::torch_worker
