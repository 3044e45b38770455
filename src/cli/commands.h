// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The makers of the commands, one per file.
#pragma once

#include <memory>

#include "command.h"

namespace kernwise::cli {

std::unique_ptr<Command> make_doctor();
std::unique_ptr<Command> make_zoo();
std::unique_ptr<Command> make_list();
std::unique_ptr<Command> make_inspect();
std::unique_ptr<Command> make_profile();
std::unique_ptr<Command> make_fit();
std::unique_ptr<Command> make_transfer();
std::unique_ptr<Command> make_predict();
std::unique_ptr<Command> make_plan();
std::unique_ptr<Command> make_run();
std::unique_ptr<Command> make_pack();
std::unique_ptr<Command> make_explain();
std::unique_ptr<Command> make_compare();
std::unique_ptr<Command> make_report();
std::unique_ptr<Command> make_place();
std::unique_ptr<Command> make_bench();
std::unique_ptr<Command> make_fleet();
std::unique_ptr<Command> make_prune();
std::unique_ptr<Command> make_footprint();
std::unique_ptr<Command> make_adapt();
std::unique_ptr<Command> make_db();
std::unique_ptr<Command> make_jobs();
std::unique_ptr<Command> make_worker();
std::unique_ptr<Command> make_completion();
std::unique_ptr<Command> make_version();

}  // namespace kernwise::cli
