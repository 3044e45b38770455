// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "factories.h"

namespace kernwise::detail {

// None so far. oneDNN's reorders move 40 to 60 GB/s on the tensors between the layers of networks;
// where they are slow (nhwc to nchw below 28x28), no plan has had a use for the transform.
Primitives own_transforms() { return {}; }

}  // namespace kernwise::detail
