// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <memory>

#include "kernwise/primitives/primitive.h"

namespace kernwise::detail {

std::unique_ptr<const Primitive> make_one_channel();  // "onednn-matconv"

}  // namespace kernwise::detail
