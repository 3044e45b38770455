// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <string>
#include <vector>

#include "study.h"

namespace kernwise::nnc {

std::string as_text(const std::vector<TableResult>& tables, const TableOptions& options,
                    double took_s);
std::string as_json(const std::vector<TableResult>& tables, const TableOptions& options,
                    double took_s);

}  // namespace kernwise::nnc
