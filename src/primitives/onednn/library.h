// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// oneDNN's C interface under owners, and kernwise's words in its terms. The C interface because its
// errors are values: nothing here throws but std::bad_alloc.
//
// A function that describes a tensor gives the zero descriptor if oneDNN rejects the sizes; every
// later step then refuses, so only the last status need be looked at.
// Thread-safety: free functions; the engine is shared and constant.
#pragma once

#include <oneapi/dnnl/dnnl.h>

#include <memory>
#include <string>
#include <string_view>

#include "kernwise/graph/problem.h"

namespace kernwise::detail {

template <auto destroy>
struct DnnDestroy {
  template <typename T>
  void operator()(T* object) const {
    destroy(object);
  }
};
using DnnAttributes =
    std::unique_ptr<dnnl_primitive_attr, DnnDestroy<dnnl_primitive_attr_destroy>>;
using DnnImplementation =
    std::unique_ptr<dnnl_primitive_desc, DnnDestroy<dnnl_primitive_desc_destroy>>;
using DnnPrimitiveHandle = std::unique_ptr<dnnl_primitive, DnnDestroy<dnnl_primitive_destroy>>;
using DnnMemory = std::unique_ptr<dnnl_memory, DnnDestroy<dnnl_memory_destroy>>;
using DnnStream = std::unique_ptr<dnnl_stream, DnnDestroy<dnnl_stream_destroy>>;

// The one CPU engine; lives as long as the process. Null only if oneDNN cannot start.
dnnl_engine_t dnn_engine();

// What oneDNN may use of this processor: the machine's, or less if the user holds it down.
bool dnn_has(dnnl_cpu_isa_t isa);
std::string_view dnn_isa_name(dnnl_cpu_isa_t isa);  // "AVX-512", ...

dnnl_memory_desc_t dnn_tensor(const Shape4& shape, Layout layout);
dnnl_memory_desc_t dnn_tensor(const Shape4& shape, dnnl_format_tag_t tag);
dnnl_memory_desc_t dnn_matrix(int64_t rows, int64_t columns, dnnl_format_tag_t tag,
                              dnnl_data_type_t type = dnnl_f32);
dnnl_memory_desc_t dnn_vector(int64_t length);
// Weights [g, oc / g, ic / g, kh, kw], or without the first dimension when g is 1.
dnnl_memory_desc_t dnn_weights(const ConvProblem& conv, dnnl_format_tag_t tag_without_groups,
                               dnnl_format_tag_t tag_with_groups, dnnl_data_type_t type = dnnl_f32);
dnnl_format_tag_t dnn_tag(Layout layout);
dnnl_data_type_t dnn_type(Layout layout);

// True if a size or an offset of the problem would leave 32 bits (oneDNN's kernels hold them so in
// many places and do not always check), or if oneDNN would take seconds to say what it offers.
bool dnn_too_large(const Problem& problem, Layout in, Layout out);

// Scratch from the caller, then: out = activation(operator + residual). The bias is no attribute.
DnnAttributes dnn_attributes(const PostOps& post_ops);
// The same with a vector [1, channels, 1, 1] added first, as attribute number 0.
DnnAttributes dnn_attributes_with_shift(const PostOps& post_ops, int64_t channels);

// The algorithm and its parameters for an activation on its own; kNone is y = x.
struct DnnActivation {
  dnnl_alg_kind_t algorithm;
  float alpha, beta;
};
DnnActivation dnn_activation(const Activation& activation);
// Whether a clip to [0, 1] has to follow: oneDNN 2.6.3 has no hard sigmoid.
bool dnn_clamps_after(const Activation& activation);

// "brgconv:avx512_core": oneDNN's own name for an implementation.
std::string dnn_name(const_dnnl_primitive_desc_t implementation);
// One of the tensors an implementation settled on; the zero descriptor if it has none.
dnnl_memory_desc_t dnn_query(const_dnnl_primitive_desc_t implementation, dnnl_query_t what);
Bytes dnn_workspace(const_dnnl_primitive_desc_t implementation);

std::string_view dnn_status_text(dnnl_status_t status);
std::string dnn_version();  // "2.6.3"

}  // namespace kernwise::detail
