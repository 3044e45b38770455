// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The half of 'kernwise profile' that runs real training steps.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "arguments.h"
#include "kernwise/workflow/profile_training.h"
#include "session.h"

namespace kernwise::cli {

struct TrainingFlags {
  bool training = false;
  std::vector<std::string> ratios, batches, optimizers;
  std::string strategy = "random";
  std::filesystem::path device_file, source;
  TrainingProfileRequest request;
};

// All but --training itself; they mean nothing without it.
inline constexpr std::array kTrainingFlags = {
    "--batches",   "--prune",        "--strategy", "--optimizer",   "--weight-decay",
    "--inference", "--memory-limit", "--worker",   "--device-file", "--from"};
void declare_training_flags(Arguments& arguments, TrainingFlags& flags);

// The rest of the request is in `flags`.
Result<int> run_training_profile(TrainingFlags& flags, const std::vector<std::string>& networks,
                                 Seconds budget, const OnnxOptions& onnx, Session& session);

// Flags of 'footprint' and 'adapt' that would have no effect beside each other are refused.
Status check_step_flags(const Arguments& arguments);

// What this processor's kernels are like.
KernelRules rules_of_this_device();

}  // namespace kernwise::cli
