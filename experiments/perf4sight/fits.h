// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// "Does it fit?" asked about networks that were left out, over all rows, passed and failed.
#pragma once

#include "study.h"

namespace kernwise::perf4sight {

Result<FitsJudged> judge_fits(const Tables& tables, Predict predict, const Options& options);

}  // namespace kernwise::perf4sight
