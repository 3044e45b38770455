// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A convolution problem as oneDNN's operation descriptor; weights always in a format of oneDNN's
// choice, source and destination in given layouts or in its choice as well.
#pragma once

#include <oneapi/dnnl/dnnl.h>

#include <string_view>

#include "kernwise/graph/problem.h"
#include "onednn/convolution_table.h"

namespace kernwise::detail {

// False if oneDNN rejects the sizes.
bool describe_convolution(const Problem& problem, dnnl_alg_kind_t algorithm, dnnl_format_tag_t in,
                          dnnl_format_tag_t out, dnnl_convolution_desc_t& operation);

// What is wrong where oneDNN 2.6.3 offers the implementation and its kernel then crashes or
// miscomputes; empty where nothing is known.
std::string_view known_defect(const ConvImplementation& implementation, const Problem& problem,
                              Layout layout);

}  // namespace kernwise::detail
