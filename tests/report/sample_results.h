// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Small results with round numbers, written by hand, for the tests of their text and JSON.
#pragma once

#include <vector>

#include "kernwise/device/device.h"
#include "kernwise/report/envelope.h"
#include "kernwise/workflow/bench_network.h"
#include "kernwise/workflow/explain_layer.h"
#include "kernwise/workflow/place_program.h"
#include "kernwise/workflow/plan_network.h"
#include "kernwise/workflow/profile_problems.h"
#include "kernwise/workflow/run_plan.h"

namespace kernwise {

Envelope sample_envelope();
PlanOutcome sample_plan();    // three layers, one transform; each kind of choice
RunOutcome sample_run();      // verified, with times of steps
BenchOutcome sample_bench();  // one peer slower, one that cannot be told apart
std::vector<ExplainedLayer> sample_explanation();
PlaceOutcome sample_place();  // two resources, run and verified
ProfileOutcome sample_profile();
DoctorReport sample_doctor();

}  // namespace kernwise
