// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "commands.h"

namespace kernwise::cli {

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(make_doctor());
  commands.push_back(make_zoo());
  commands.push_back(make_list());
  commands.push_back(make_inspect());
  commands.push_back(make_profile());
  commands.push_back(make_fit());
  commands.push_back(make_transfer());
  commands.push_back(make_predict());
  commands.push_back(make_plan());
  commands.push_back(make_run());
  commands.push_back(make_pack());
  commands.push_back(make_explain());
  commands.push_back(make_compare());
  commands.push_back(make_report());
  commands.push_back(make_place());
  commands.push_back(make_bench());
  commands.push_back(make_fleet());
  commands.push_back(make_prune());
  commands.push_back(make_footprint());
  commands.push_back(make_adapt());
  commands.push_back(make_db());
  commands.push_back(make_jobs());
  commands.push_back(make_worker());
  commands.push_back(make_completion());
  commands.push_back(make_version());
  return commands;
}

}  // namespace kernwise::cli
