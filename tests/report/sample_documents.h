// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Documents for the page, of every kind that has charts, with invented numbers.
#pragma once

#include <vector>

#include "kernwise/report/page_report.h"

namespace kernwise {

// As the names of files and layers come from others, these try to get out of their place.
inline constexpr const char* kHostileName =
    "</script><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">";

// A plan with a front, a run with steps and the rest, with a hostile name in each.
std::vector<PageInput> sample_documents();

}  // namespace kernwise
