// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What oneDNN offers for a problem. It lists its implementations best first by its own opinion;
// kernwise knows them by name and never by position, which changes with shape and processor.
#pragma once

#include <functional>
#include <string_view>

#include "onednn/library.h"

namespace kernwise::detail {

// Calls visit(name, implementation) for each until it returns false. `operation` is one of oneDNN's
// operation descriptors; it must live through the call.
void for_each_implementation(
    const_dnnl_op_desc_t operation, const_dnnl_primitive_attr_t attributes,
    const std::function<bool(std::string_view, DnnImplementation)>& visit);

// The implementation of that name, or null. All settings that decide what is offered count: post
// operators, layouts, and the number of OpenMP threads of the caller.
DnnImplementation find_implementation(const_dnnl_op_desc_t operation,
                                      const_dnnl_primitive_attr_t attributes,
                                      std::string_view name);

// The first that is not a reference: oneDNN's fallbacks are loops a hundred times slower.
DnnImplementation first_implementation(const_dnnl_op_desc_t operation,
                                       const_dnnl_primitive_attr_t attributes);
bool is_reference(std::string_view name);  // "ref:any", "lrn_ref:any", ...

}  // namespace kernwise::detail
