// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The result of `kernwise prune MODEL`: what was taken out of each group of channels, and what is
// left of the network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernwise/graph/prune.h"
#include "kernwise/report/envelope.h"
#include "kernwise/report/text_style.h"

namespace kernwise {

struct PruneSummary {
  std::string file;  // that was written
  std::vector<ChannelGroup> groups;
  int64_t parameters_before = 0, parameters = 0;
  Macs macs_before, macs;
  uint64_t seed = 1;
};

std::string prune_json(const PruneSummary& summary, const Envelope& envelope);
std::string prune_text(const PruneSummary& summary, const TextStyle& style);

}  // namespace kernwise
