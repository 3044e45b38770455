// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>

#include "kernwise/graph/layer_graph.h"

namespace kernwise {

Shape4 view_of(std::span<const int64_t> dims) {
  Shape4 view;
  switch (dims.size()) {
    case 0: break;
    case 1: view.c = dims[0]; break;
    case 2: view = {dims[0], dims[1], 1, 1}; break;
    case 3: view = {dims[0], dims[1], 1, dims[2]}; break;
    default:
      view = {dims[0], dims[1], dims[2], 1};
      for (const int64_t dim : dims.subspan(3)) view.w *= dim;
  }
  return view;
}

}  // namespace kernwise
