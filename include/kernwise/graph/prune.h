// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Structured pruning: whole channels are taken out of a network, and with them the weights that
// make and use them. Channels that an addition, a depthwise or grouped convolution, a shuffle or a
// concatenation ties together go or stay together; inputs and outputs of the network, and channels
// that meet an operator whose meaning depends on them, stay as they are. The result is a network of
// the same nodes, valid as it was, with fewer channels.
//
// A *group* is what shares a fate by construction: the channels that the same layers make. From
// each group the same share is removed (Li et al. 2017, "Pruning filters for efficient convnets",
// prunes so, by the L1 norm of the filters). Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/network.h"

namespace kernwise {

// Names appear on the command line.
enum class PruneStrategy : uint8_t {
  kRandom = 0,  // any channels
  kL1 = 1,      // those whose filters are smallest: the sum of absolute weights
};
Result<PruneStrategy> parse_prune_strategy(std::string_view name);  // "random", "l1"

struct ChannelGroup {
  std::vector<std::string> layers;  // nodes that make these channels, in file order
  int64_t units = 0;     // what can be removed: channels, or sets of channels that are tied
  int64_t removed = 0;   // of the units
  int64_t channels = 0;  // of all these layers together
};

struct PruneOptions {
  double ratio = 0;  // of each group's units, in [0, 1); rounded down, and one unit always stays
  std::vector<double> ratios;  // one for each group, in the place of `ratio`; or none
  PruneStrategy strategy = PruneStrategy::kRandom;
};

struct PrunedNetwork {
  Network network;
  std::vector<ChannelGroup> groups;
};

// Groups in the order of their first layer; depends on the network's structure alone.
Result<std::vector<ChannelGroup>> channel_groups(const Network& network, Bytes max_model_memory);

// Shapes are inferred again from the result, so an inconsistency would be an error, not a broken
// file. Random choices come from `rng`; the same seed removes the same channels.
Result<PrunedNetwork> prune_channels(const Network& network, const PruneOptions& options, Rng& rng,
                                     Bytes max_model_memory);

// The same network with every weight the same number: for those who need shapes alone, pruning it
// is free of copies.
Network without_weights(const Network& network);

}  // namespace kernwise
