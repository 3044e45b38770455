// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A study as text for people and as JSON for programs; ours beside the reference's where both
// stand for the same thing.
#pragma once

#include <string>

#include "study.h"

namespace kernwise::mulder {

std::string as_text(const StudyResult& result, const Options& options, double took_s);
std::string as_json(const StudyResult& result, const Options& options, double took_s);

}  // namespace kernwise::mulder
