// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise profile`: measures the problems of networks, or problems given one by one, into the
// store. The only use case that ends with measurements instead of a plan.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/graph/problem.h"
#include "kernwise/profile/profiler.h"
#include "kernwise/store/measurement.h"
#include "kernwise/workflow/recorded_device.h"

namespace kernwise {

struct ProfileRequest {
  std::vector<std::filesystem::path> networks;  // every problem that planning them needs
  std::vector<Problem> problems;                // and these
  int around = 0;    // and so many random ones around them (profile/sampling.h), by options.seed
  OnnxOptions onnx;  // for the networks
  std::filesystem::path store;  // empty: default_store_path()
  ProfileOptions options;
  // Answers from this device's records instead; nothing is measured, and nothing written.
  std::optional<RecordedDevice> recorded;
};

// What the store holds of one problem after the profile, older measurements included.
struct ProfiledProblem {
  Problem problem;
  // Repetitions joined. Measured ones first, fastest first; then failures and refusals.
  std::vector<Measurement> measurements;
};

struct ProfileOutcome {
  ProfileSummary summary;
  std::string store;                      // where it lies
  std::vector<ProfiledProblem> problems;  // distinct, in order of first mention
  std::vector<std::string> warnings;
};

// kInvalidInput for an unknown primitive id or an unreadable network, before anything is measured;
// kInterrupted when `stop` was set (what was measured is in the store).
Result<ProfileOutcome> profile_problems(const ProfileRequest& request, Progress& progress,
                                        const StopFlag& stop);

}  // namespace kernwise
