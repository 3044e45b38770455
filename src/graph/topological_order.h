// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"

namespace kernwise::detail {

// Puts the nodes into the topological order that departs least from the present one: whenever
// several nodes are ready, the one that stood first goes first, so a sorted network stays as it is.
// kInvalidInput for a name made twice, a name that nothing makes, and a cycle (which is shown).
// O((nodes + edges) log nodes).
Status sort_topologically(Network& network);

}  // namespace kernwise::detail
