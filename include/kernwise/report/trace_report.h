// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Recorded runs in the Trace Event Format ("Trace Event Format", Google, 2016), which
// chrome://tracing and Perfetto open. One process, one thread: steps run one after the other,
// however many threads each of them uses.
//
//  "X"  a step, category "layer" or "transform"; args: primitive, layout, shape, planned_us,
//       output_bytes, live_bytes, workspace_bytes, weights_bytes
//  "X"  a run around its steps, category "run"
//  "C"  "memory in use (bytes)": activations alive and workspace used, from the memory plan;
//       "memory allocated (bytes)": arena, workspace and packed weights, as the runtime holds them
//
// Times of the events are microseconds, as the format has them; they are those of runs that were
// timed step by step, which slows them. Runs are set 100 us apart.
#pragma once

#include <string>

#include "kernwise/workflow/run_plan.h"

namespace kernwise {

// outcome.trace must be there.
std::string trace_json(const RunOutcome& outcome);

}  // namespace kernwise
