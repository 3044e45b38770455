// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise fleet probe`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "arguments.h"
#include "session.h"

namespace kernwise::cli {

struct FleetProbeFlags {
  std::string device;
  int64_t repeat = 30;
  Seconds budget{20};
  std::string costs = "measured";
  bool planned = false;

  void declare(Arguments& arguments);
  // Whether any was given: they say nothing to a command that probes nothing.
  bool any() const;
};

// words: "probe", FILE.
Result<int> run_fleet_probe(Session& session, const FleetProbeFlags& flags,
                            const std::string& space, const std::vector<std::string>& words,
                            const std::filesystem::path& output);

}  // namespace kernwise::cli
