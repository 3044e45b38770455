// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// "Does it fit?" decided by a predicted demand: it does if the demand is at most a limit. The
// limit is learnt from runs that passed and runs that ran out, because what a device can really
// give (blocks that cannot be freed, what the system keeps for itself) stands in no data sheet.
// Experiments use it; 'kernwise footprint' holds intervals against the limit that its user states.
// Thread-safety: pure functions.
#pragma once

#include <span>

#include "kernwise/base/result.h"

namespace kernwise {

struct FitOutcome {
  double demand = 0;    // predicted, any unit
  bool passed = false;  // what happened
};

// The limit that decides most outcomes rightly among those under which at most `false_fits` of the
// failed ones would have been called fitting; the largest of several equally good ones, between
// outcomes. kInvalidInput unless there are passed and failed outcomes.
Result<double> learn_fit_limit(std::span<const FitOutcome> outcomes, double false_fits);

}  // namespace kernwise
