// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A study as text for people and as JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "measure.h"
#include "study.h"

namespace kernwise::nnc {

struct Report {
  StudyResult study;
  MeasureSummary measured;
  StudyOptions options;
  MeasureOptions measure_options;
  std::string device;  // in words
  std::vector<std::string> kinds;
  int points = 0, log_points = 0;  // of each kind, as asked for
  int max_threads = 1;
  double took_s = 0;
};

std::string as_text(const Report& report);
std::string as_json(const Report& report);

}  // namespace kernwise::nnc
