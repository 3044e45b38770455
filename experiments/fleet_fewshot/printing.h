// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <string>

#include "study.h"

namespace kernwise::fewshot {

std::string as_text(const StudyResult& result, const Options& options, double took_s);
// kernwise.experiment.fleet_fewshot/1
std::string as_json(const StudyResult& result, const FleetTask& task, const Options& options,
                    double took_s);

}  // namespace kernwise::fewshot
