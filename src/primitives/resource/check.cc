// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/primitives/resource.h"
#include "resource/device_resource.h"

namespace kernwise {

DoctorCheck check_resources() {
  DoctorCheck check{"other resources", CheckState::kGood, "", ""};
  const auto say = [&check](const std::string& words) {
    check.finding += (check.finding.empty() ? "" : "; ") + words;
  };
  for (const auto& resource : all_resources()) {
    if (resource->name() == "cpu") continue;
    // The first word is the device; `kernwise list resources` has all of it.
    const std::string& description = resource->description();
    const std::string what =
        resource->name() + " (" + description.substr(0, description.find(' ')) + ")";
    if (!resource->refusal().empty()) {
      check.state = CheckState::kWarning;
      check.advice = "kernels run on the others; 'kernwise list resources' lists them";
      say(what + " cannot be used: " + resource->refusal());
    } else {
      say(what + (resource->shares_processors() ? " runs on this machine's processors" : ""));
    }
  }
  if (!check.finding.empty()) return check;
  check.finding = "none";
  for (const std::string& missing : {detail::opencl_refusal(), detail::cuda_refusal()})
    if (!missing.empty()) say(missing);
  return check;
}

}  // namespace kernwise
