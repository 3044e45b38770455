// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// ONNX Runtime as a contestant: the onnxruntime-node package in a child process, driven by
// bench/onnxruntime.mjs over JSON lines. Never a dependency of kernwise itself.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "child_process.h"
#include "kernwise/base/result.h"
#include "kernwise/workflow/load.h"

namespace kernwise {

class OnnxRuntimePeer {
 public:
  // `inputs`: logical nchw values of each network input. Loads the model and creates a session.
  static Result<OnnxRuntimePeer> start(const std::filesystem::path& script,
                                       const LoadedModel& model,
                                       const std::vector<std::vector<float>>& inputs, int threads);

  const std::string& version() const { return version_; }
  Result<double> run();                 // seconds of one run, timed in the child
  Result<std::vector<float>> output();  // all outputs of the last run, one after the other
  Result<int64_t> peak_bytes();         // peak resident set of the child

 private:
  explicit OnnxRuntimePeer(ChildProcess child) : child_(std::move(child)) {}
  Result<std::string> ask(const std::string& question);

  ChildProcess child_;
  std::string version_;
};

// bench/onnxruntime.mjs beside the working folder or the program's source tree; empty if absent.
std::filesystem::path find_onnxruntime_script();

}  // namespace kernwise
