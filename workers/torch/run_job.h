// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Runs one job: reads the network, builds it in libtorch, makes its steps and measures them.
// Once in a process: the peaks are the process's.
#pragma once

#include <string>

#include "kernwise/footprint/training_job.h"

namespace kernwise::torch_worker {

std::string torch_version();  // "1.13.0"

// Whatever goes wrong is an outcome.
TrainingOutcome run_job(const TrainingJob& job);

}  // namespace kernwise::torch_worker
