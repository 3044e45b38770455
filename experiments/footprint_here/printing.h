// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <string>
#include <vector>

#include "cases.h"

namespace kernwise::footprint_here {

struct Results {
  std::vector<ProtocolResult> protocols;
  std::vector<MaxBatchCase> max_batch;
  std::vector<AdaptCase> adapt;
  std::vector<TransferErrors> transfer;
};

std::string as_text(const Data& data, const Results& results);
std::string as_json(const Data& data, const Results& results, const Options& options);

}  // namespace kernwise::footprint_here
