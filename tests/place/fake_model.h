// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A model of a device that never was: pooling whose times are a formula, for tests of dispatching.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernwise/graph/problem.h"
#include "kernwise/place/dispatcher.h"

namespace kernwise::test {

// Ids of the primitives of pooling that need nothing but rows of floats.
std::vector<std::string> pool_primitives();

// Windows of 2 x 2 over one channel of h x w.
Problem pool_problem(int64_t h, int64_t w);

// Seconds that a primitive takes for a plane of h x w.
using TimeOf = std::function<double(const std::string& primitive, int64_t h, int64_t w)>;
DispatchModel fake_model(const std::string& resource, int threads, const TimeOf& time_of);

}  // namespace kernwise::test
