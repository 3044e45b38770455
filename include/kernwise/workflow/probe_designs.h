// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise fleet probe`: designs measured on this machine with our own runtime. Each one is
// written as ONNX, planned, and run as a whole; its latency is the median of the runs. The layers
// of a space recur, so that after the first designs the store knows nearly all of them.
//
// The results lie in a CSV that is written after every design. Designs that it holds already are
// not measured again: an interrupted probe goes on where it was. A design that failed stands there
// as `inf`; a later probe tries it again, `kernwise fleet` passes it over.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/fleet/space.h"
#include "kernwise/workflow/plan_network.h"

namespace kernwise {

struct ProbeDesignsRequest {
  DesignSpace space;
  std::vector<Design> designs;
  // The column's name. What is only planned needs a column (and file) of its own, so that nobody
  // takes it for measured: the command appends "-planned".
  std::string device;
  std::filesystem::path results;  // the CSV; empty: nothing is kept
  int repeat = 30;                // timed runs of a design
  // Nothing is run: a design's latency is the total of its plan, from what the store knows of its
  // layers (plan.costs = kMeasured, with a budget of 0 nothing at all is measured) or a model does.
  bool planned_only = false;
  // store, threads, budget and costs for each design; `model` is set here. With a recorded device
  // nothing is run: the latency is that of the recorded whole run of the same plan if there is one,
  // else the sum of the recorded times of its layers and transforms.
  PlanRequest plan;
  uint64_t seed = 1;
};

struct DesignMeasurement {
  Design design;
  double latency_s = 0;  // NaN: failed
  double spread = 0;     // relative, of the median
  double predicted_s = 0;
  bool resumed = false;  // it stood in the CSV
  std::string failure;   // why there is no latency
};

struct ProbeDesignsOutcome {
  std::string device;
  std::vector<DesignMeasurement> measurements;  // in the order asked for, each design once
  int64_t measured = 0, planned = 0, resumed = 0, failed = 0;  // planned: not run
  std::vector<std::string> warnings;
};

Result<ProbeDesignsOutcome> probe_designs(const ProbeDesignsRequest& request, Progress& progress,
                                          const StopFlag& stop);

}  // namespace kernwise
