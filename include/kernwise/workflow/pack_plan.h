// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise pack`: a plan and its network in one file that the runtime alone can run. Made on any
// machine; what it runs on is the plan's affair.
#pragma once

#include <filesystem>
#include <string>

#include "kernwise/base/result.h"
#include "kernwise/graph/onnx.h"

namespace kernwise {

struct PackRequest {
  std::filesystem::path plan;
  std::filesystem::path model;  // empty: the path in the plan, also looked up beside the plan
  OnnxOptions onnx;
  std::filesystem::path output;
};

struct PackOutcome {
  std::string file, network, device;  // device: for people
  int layers = 0, threads = 1;
  Bytes bytes, weights;
};

Result<PackOutcome> pack_plan(const PackRequest& request);

}  // namespace kernwise
