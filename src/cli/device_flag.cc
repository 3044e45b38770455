// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "device_flag.h"

#include <utility>

namespace kernwise::cli {

void declare_device_flag(Arguments& arguments, std::string& device) {
  arguments.text("--device", device, "replay:STORE",
                 "answer from a store's records of a device; measure nothing (this machine)");
}

Result<std::optional<RecordedDevice>> recorded_device(const std::string& device, Session& session) {
  if (device.empty()) return std::optional<RecordedDevice>();
  if (!session.flags().store.empty() || !session.flags().isa.empty()) {
    return invalid_input("a recorded device is what its store says: --store and --isa do not apply",
                         "leave them out, or --device")
        .within("--device");
  }
  Result<RecordedDevice> found = find_recorded_device(device);
  if (!found.ok()) return std::move(found).error().within("--device");
  session.stand_on(found->device, found->libraries, found->store);
  return std::optional(std::move(found).value());
}

}  // namespace kernwise::cli
