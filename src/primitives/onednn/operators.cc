// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "onednn/operators.h"

namespace kernwise::detail {

Primitives onednn_operators() {
  Primitives primitives;
  add_pools(primitives);
  add_fully_connected(primitives);
  add_eltwise(primitives);
  add_scales(primitives);
  add_binaries(primitives);
  add_concats(primitives);
  add_lrns(primitives);
  add_softmaxes(primitives);
  add_reshape(primitives);
  return primitives;
}

}  // namespace kernwise::detail
