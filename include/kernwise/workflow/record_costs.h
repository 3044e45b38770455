// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What a store knows of this machine as recorded costs, to place programs by them elsewhere
// (`kernwise place --costs`).
#pragma once

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/place/recorded_costs.h"
#include "kernwise/workflow/place_program.h"

namespace kernwise {

// Measurements of matrix products, convolutions of matrices and pooling of single planes, on the
// request's resources with its numbers of threads. Of the request only store, resources, threads
// and primitives count. Measures nothing but copies that the store does not hold.
Result<RecordedCosts> record_costs(const PlaceRequest& request, const StopFlag& stop);

}  // namespace kernwise
