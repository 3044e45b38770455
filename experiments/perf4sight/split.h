// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which rows a protocol trains on, and which it tests.
#pragma once

#include <vector>

#include "study.h"

namespace kernwise::perf4sight {

struct Parts {
  Rows train, test;  // training rows may have failed, test rows have passed
};

const std::vector<Row>& rows_of(const Tables& tables, FootprintTarget target);
Parts split(const std::vector<Row>& rows, Protocol protocol, int network);
bool any_passed(const Rows& rows);

}  // namespace kernwise::perf4sight
