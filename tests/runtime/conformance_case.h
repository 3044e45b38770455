// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A published test of one operator or network (model, inputs, expected outputs), through the whole
// runtime: lowering, plan, run.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kernwise/base/units.h"
#include "kernwise/graph/network.h"

namespace kernwise::test {

constexpr Bytes kConformanceLimit{int64_t{2} << 30};

struct ConformanceCase {
  std::string model;
  std::vector<std::pair<std::string, ConstantTensor>> inputs;
  std::vector<ConstantTensor> outputs;
};

struct Outcome {
  bool ran = false;
  std::string text;  // why it did not run, or what is wrong; empty: passed
};

// Runs the network on the case's inputs and compares its outputs; the case's model is not read.
// What shape inference knows already is compared without a run.
Outcome run_case(const Network& network, const ConformanceCase& test);

}  // namespace kernwise::test
