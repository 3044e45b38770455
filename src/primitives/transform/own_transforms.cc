// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "factories.h"

namespace kernwise::detail {

Primitives own_transforms() { return {}; }

}  // namespace kernwise::detail
