// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/runtime/plan_device.h"

#include <fmt/format.h>

#include "kernwise/device/device.h"
#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

// This machine, held down or not, may be the plan's device after all.
std::string hint_for(const std::string& fingerprint) {
  for (const Isa isa : {Isa::kSse41, Isa::kAvx2, Isa::kAvx512}) {
    if (isa > machine_isa() || describe_this_device_held_to(isa).fingerprint != fingerprint)
      continue;
    return isa == machine_isa() ? "leave --isa out: the plan is for all that this machine has"
                                : fmt::format("run it with --isa {}", to_string(isa));
  }
  return "make a plan here with 'kernwise plan', or run it with --any-device";
}

}  // namespace

Status check_plan_device(const Plan& plan, bool any_device, std::vector<std::string>& warnings) {
  const Device here = describe_this_device();
  if (plan.threads > here.cores) {
    return unsupported(fmt::format("the plan is for {} threads, this process may use {}",
                                   plan.threads, here.cores),
                       "make a plan for fewer threads with 'kernwise plan --threads'");
  }
  std::string difference;
  if (plan.device != here.fingerprint) {
    difference = fmt::format("the plan was made for {} [{}], this is {} ({}{}) [{}]",
                             plan.device_label, plan.device, here.cpu, to_string(here.isa),
                             here.is_virtual ? ", virtual" : "", here.fingerprint);
  } else if (plan.libraries != library_versions()) {
    difference =
        fmt::format("the plan was made with {}, here are {}", plan.libraries, library_versions());
  }
  if (difference.empty()) return Ok{};
  if (!any_device) {
    return unsupported(difference, hint_for(plan.device));
  }
  warnings.push_back(difference + "; its times do not hold here");
  return Ok{};
}

}  // namespace kernwise
