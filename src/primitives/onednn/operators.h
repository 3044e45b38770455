// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The operators on oneDNN other than convolution, one function for each kind of problem.
#pragma once

#include "factories.h"

namespace kernwise::detail {

void add_pools(Primitives& primitives);
void add_fully_connected(Primitives& primitives);
void add_eltwise(Primitives& primitives);
void add_scales(Primitives& primitives);
void add_binaries(Primitives& primitives);
void add_concats(Primitives& primitives);
void add_lrns(Primitives& primitives);
void add_softmaxes(Primitives& primitives);
void add_reshape(Primitives& primitives);

}  // namespace kernwise::detail
