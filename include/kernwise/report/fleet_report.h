// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise fleet` and `kernwise fleet probe`.
#pragma once

#include <string>

#include "kernwise/fleet/plan_fleet.h"
#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"
#include "kernwise/workflow/probe_designs.h"

namespace kernwise {

std::string fleet_json(const FleetInput& input, const FleetOutcome& outcome,
                       const Envelope& envelope);
std::string fleet_text(const FleetInput& input, const FleetOutcome& outcome,
                       const TextStyle& style);

// docs/formats/fleet_picks.md. One row for each device; and one for each measurement asked for.
std::string picks_csv(const FleetInput& input, const FleetOutcome& outcome);
std::string ask_csv(const FleetInput& input, const FleetOutcome& outcome);

std::string fleet_probe_json(const DesignSpace& space, const ProbeDesignsOutcome& outcome,
                             const Envelope& envelope);
std::string fleet_probe_text(const DesignSpace& space, const ProbeDesignsOutcome& outcome,
                             const TextStyle& style);

}  // namespace kernwise
