// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "ops/own_operators.h"

#include "factories.h"

namespace kernwise::detail {

Primitives own_operators() {
  Primitives primitives;
  for (const Layout layout : {Layout::kNchw, Layout::kNhwc, Layout::kNchw16c})
    primitives.push_back(make_lrn(layout));
  for (const Layout layout : {Layout::kNchw, Layout::kNhwc, Layout::kNchw16c})
    primitives.push_back(make_gemv(layout));
  for (const Layout layout : kAllLayouts) primitives.push_back(make_concat(layout));
  primitives.push_back(make_reshape());
  for (const Layout layout : {Layout::kNchw, Layout::kNchw8c, Layout::kNchw16c})
    primitives.push_back(make_concat_view(layout));
  primitives.push_back(make_reshape_view());
  return primitives;
}

}  // namespace kernwise::detail
