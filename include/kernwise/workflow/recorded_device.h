// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A recorded device: one whose measurements a store holds, so that others can plan for it without
// having it. Whoever stands on one asks the store in its name, opened read-only, and never
// measures; what the store does not hold is an error that names it.
// Thread-safety: pure functions, but for the store that they read.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/device/device.h"
#include "kernwise/graph/problem.h"
#include "kernwise/profile/profiler.h"
#include "kernwise/store/store.h"

namespace kernwise {

struct RecordedDevice {
  std::string store;      // location
  Device device;          // as the store describes it
  std::string libraries;  // versions of the records that answer
  // More sets of library versions that it was measured with; their records do not answer.
  std::vector<std::string> other_libraries;
};

inline constexpr std::string_view kReplayPrefix = "replay:";
bool is_replay(std::string_view text);

// `text` is replay:STORE, or replay:STORE#FINGERPRINT where the store knows several devices. Of
// several sets of library versions the one measured last answers. kInvalidInput: no such device, or
// several and none is named (the message names them), or a store without measurements.
Result<RecordedDevice> find_recorded_device(std::string_view text);

// What to ask a store by: as the recorded device, if there is one, else as this machine.
Device device_of(const std::optional<RecordedDevice>& recorded);
MeasurementKey key_of(const std::optional<RecordedDevice>& recorded, const ProfileOptions& options);

// The recorded device's store; else `given`, and where that is empty the default one.
std::filesystem::path store_to_ask(const std::optional<RecordedDevice>& recorded,
                                   const std::filesystem::path& given);

// kUnsupported, naming the first of them and how many they are, if `known` (combined, under `key`)
// holds nothing of some of the problems in the revisions that this program knows.
Status check_recorded(const RecordedDevice& recorded, const MeasurementKey& key,
                      const std::vector<Measurement>& known, const std::vector<Problem>& problems);

// One sentence for people: whose times these are.
std::string notice_of(const RecordedDevice& recorded);

}  // namespace kernwise
