// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Everything that is to be measured: each point by each variant on each resource.
#pragma once

#include <string>
#include <vector>

#include "kernwise/primitives/primitive.h"
#include "study.h"

namespace kernwise::nnc {

// One thing to be measured.
struct Cell {
  std::size_t kind = 0, point = 0;
  const Primitive* primitive = nullptr;
  Execution execution;
};

struct Cells {
  std::vector<Cell> list;
  int64_t refused = 0;  // points that a variant does not take, or not on the resource
};

// `primitives`: ids; empty: all. Only those with plain row-major tensors.
Cells list_cells(const std::vector<KindData>& kinds, const std::vector<std::string>& resources,
                 const std::vector<std::string>& primitives);

}  // namespace kernwise::nnc
