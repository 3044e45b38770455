// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The same network for another number of images at once.
// Thread-safety: pure functions.
#pragma once

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/network.h"

namespace kernwise {

// Replaces the first dimension of every input, and the first number of every Reshape whose constant
// target states the old batch. kInvalidInput if inputs disagree about the batch or have none.
Result<Network> with_batch(const Network& network, int64_t batch, Bytes max_model_memory);

}  // namespace kernwise
