// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Takes channels out of a network's nodes and constants, once it is known which.
#pragma once

#include <functional>
#include <vector>

#include "channel_ties.h"
#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"

namespace kernwise::detail {

// `kept` per root id (others are not looked at).
Result<Network> cut_channels(const Network& network, const InferredValues& values,
                             const ChannelTies& ties, const std::vector<bool>& kept);

}  // namespace kernwise::detail
