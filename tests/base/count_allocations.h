// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Counts every allocation of the program that it is linked into.
#pragma once

namespace kernwise::test {

long allocations();

}  // namespace kernwise::test
