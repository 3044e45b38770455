// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The study's result for people and for programs.
#pragma once

#include <string>

#include "study.h"

namespace kernwise::perf4sight {

std::string as_text(const StudyResult& result, const Tables& tables, const Options& options,
                    double took_s);
// {"schema": "kernwise.experiment.perf4sight/1", ...}; what could not be judged is null.
std::string as_json(const StudyResult& result, const Tables& tables, const Options& options,
                    double took_s);

}  // namespace kernwise::perf4sight
