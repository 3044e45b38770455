// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The study as text and as JSON ("kernwise.experiment.halide_schedules/1").
#pragma once

#include <string>
#include <vector>

#include "study.h"

namespace kernwise::halide {

struct Report {
  std::vector<WorkloadResult> workloads;
  Options options;
  Device device;
  MachineContext context;
  std::string target;   // of every compiled pipeline
  std::string picture;  // where the image comes from
  double budget_s = 0, took_s = 0;
};

// Over all cells where an autoscheduler succeeded.
struct Gains {
  int64_t cells = 0;
  int64_t missing = 0;  // no schedule of ours or of theirs ran: in none of the means
  double geomean = 0, most = 0, least = 0;
  double verified_geomean = 0, verified_most = 0;
  double over_unscheduled_geomean = 0;
};
Gains gains_of(const std::vector<WorkloadResult>& workloads);

std::string as_text(const Report& report);
std::string as_json(const Report& report);

}  // namespace kernwise::halide
