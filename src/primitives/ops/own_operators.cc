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
  for (const Layout layout : kAllLayouts) primitives.push_back(make_eltwise(layout));
  for (const Layout layout : kAllLayouts) primitives.push_back(make_binary(layout));
  for (const Layout layout : kAllLayouts) primitives.push_back(make_broadcast(layout));
  for (const Layout layout : kAllLayouts) primitives.push_back(make_slice(layout));
  for (const Layout layout : kAllLayouts) primitives.push_back(make_shuffle(layout));
  for (const Layout layout : kAllLayouts) primitives.push_back(make_resize(layout));
  primitives.push_back(make_strided());
  primitives.push_back(make_pad());
  primitives.push_back(make_matmul());
  primitives.push_back(make_deconv());
  return primitives;
}

}  // namespace kernwise::detail
