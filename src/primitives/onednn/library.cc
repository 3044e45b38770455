// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "onednn/library.h"

#include <algorithm>
#include <limits>
#include <new>

namespace kernwise::detail {
namespace {

// Planning one brgconv takes some 20 us for each element of an output row, before any answer.
constexpr int64_t kWidestConvolution = 16384;

template <int N>
dnnl_memory_desc_t described(const int64_t (&sizes)[N], dnnl_format_tag_t tag,
                             dnnl_data_type_t type = dnnl_f32) {
  dnnl_dims_t dims;
  std::copy(sizes, sizes + N, dims);
  dnnl_memory_desc_t desc{};
  if (dnnl_memory_desc_init_by_tag(&desc, N, dims, type, tag) != dnnl_success) return {};
  return desc;
}

DnnAttributes attributes(const PostOps& post_ops, const dnnl_memory_desc_t* shift) {
  dnnl_primitive_attr_t attr = nullptr;
  if (dnnl_primitive_attr_create(&attr) != dnnl_success) throw std::bad_alloc();
  DnnAttributes owner(attr);
  dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);

  dnnl_post_ops_t ops = nullptr;
  if (dnnl_post_ops_create(&ops) != dnnl_success) throw std::bad_alloc();
  if (shift) dnnl_post_ops_append_binary(ops, dnnl_binary_add, shift);
  if (post_ops.residual) dnnl_post_ops_append_sum(ops, 1.0f);
  if (post_ops.activation.kind != ActivationKind::kNone) {
    const DnnActivation a = dnn_activation(post_ops.activation);
    dnnl_post_ops_append_eltwise(ops, 1.0f, a.algorithm, a.alpha, a.beta);
    if (dnn_clamps_after(post_ops.activation))
      dnnl_post_ops_append_eltwise(ops, 1.0f, dnnl_eltwise_clip, 0.0f, 1.0f);
  }
  const dnnl_status_t status = dnnl_primitive_attr_set_post_ops(attr, ops);
  dnnl_post_ops_destroy(ops);
  if (status != dnnl_success) throw std::bad_alloc();
  return owner;
}

}  // namespace

dnnl_engine_t dnn_engine() {
  static const dnnl_engine_t engine = [] {
    dnnl_engine_t created = nullptr;
    dnnl_engine_create(&created, dnnl_cpu, 0);
    return created;
  }();
  return engine;
}

bool dnn_has(dnnl_cpu_isa_t isa) {
  // The values are sets of bits: a newer instruction set contains the older ones.
  return (dnnl_get_effective_cpu_isa() & isa) == isa;
}

std::string_view dnn_isa_name(dnnl_cpu_isa_t isa) {
  switch (isa) {
    case dnnl_cpu_isa_avx512_core_vnni: return "AVX-512 VNNI";
    case dnnl_cpu_isa_avx512_core: return "AVX-512";
    case dnnl_cpu_isa_avx2: return "AVX2";
    case dnnl_cpu_isa_avx: return "AVX";
    default: return "SSE4.1";
  }
}

dnnl_format_tag_t dnn_tag(Layout layout) {
  switch (layout) {
    case Layout::kNchw: return dnnl_nchw;
    case Layout::kNhwc:
    case Layout::kNhwcU8:
    case Layout::kNhwcS8: return dnnl_nhwc;
    case Layout::kNchw8c: return dnnl_nChw8c;
    case Layout::kNchw16c: return dnnl_nChw16c;
  }
  return dnnl_format_tag_undef;
}

dnnl_memory_desc_t dnn_tensor(const Shape4& shape, dnnl_format_tag_t tag) {
  return described({shape.n, shape.c, shape.h, shape.w}, tag);
}

dnnl_data_type_t dnn_type(Layout layout) {
  switch (layout) {
    case Layout::kNhwcU8: return dnnl_u8;
    case Layout::kNhwcS8: return dnnl_s8;
    default: return dnnl_f32;
  }
}

dnnl_memory_desc_t dnn_tensor(const Shape4& shape, Layout layout) {
  return described({shape.n, shape.c, shape.h, shape.w}, dnn_tag(layout), dnn_type(layout));
}

dnnl_memory_desc_t dnn_matrix(int64_t rows, int64_t columns, dnnl_format_tag_t tag,
                              dnnl_data_type_t type) {
  return described({rows, columns}, tag, type);
}

dnnl_memory_desc_t dnn_vector(int64_t length) { return described({length}, dnnl_a); }

dnnl_memory_desc_t dnn_weights(const ConvProblem& conv, dnnl_format_tag_t tag_without_groups,
                               dnnl_format_tag_t tag_with_groups, dnnl_data_type_t type) {
  if (conv.g == 1) return described({conv.oc, conv.ic, conv.kh, conv.kw}, tag_without_groups, type);
  return described({conv.g, conv.oc / conv.g, conv.ic / conv.g, conv.kh, conv.kw}, tag_with_groups,
                   type);
}

bool dnn_too_large(const Problem& problem, Layout in, Layout out) {
  const auto beyond = [](int64_t floats) {
    return floats > std::numeric_limits<int32_t>::max() / int64_t{sizeof(float)};
  };
  for (int i = 0; i < input_count(problem); ++i)
    if (beyond(physical_elements(input_shape(problem, i), in))) return true;
  if (beyond(physical_elements(output_shape(problem), out))) return true;
  if (beyond(weight_elements(problem))) return true;
  const auto window_beyond = [&](const auto& p) {
    return beyond(p.ih + p.pt + p.pb) || beyond(p.iw + p.pl + p.pr) || beyond(p.sh) ||
           beyond(p.sw);
  };
  if (const auto* conv = problem.as<ConvProblem>())
    return window_beyond(*conv) || beyond(conv->dh) || beyond(conv->dw) ||
           conv->ow() > kWidestConvolution;
  if (const auto* matconv = problem.as<MatconvProblem>()) return matconv->ow() > kWidestConvolution;
  // A scale may be put as a convolution.
  if (const auto* scale = problem.as<ScaleProblem>()) return scale->shape.w > kWidestConvolution;
  if (const auto* pool = problem.as<PoolProblem>()) return window_beyond(*pool);
  if (const auto* lrn = problem.as<LrnProblem>()) return beyond(lrn->size);
  return false;
}

DnnActivation dnn_activation(const Activation& activation) {
  switch (activation.kind) {
    case ActivationKind::kRelu: return {dnnl_eltwise_relu, 0.0f, 0.0f};
    case ActivationKind::kClip: return {dnnl_eltwise_clip, activation.alpha, activation.beta};
    case ActivationKind::kLeakyRelu: return {dnnl_eltwise_relu, activation.alpha, 0.0f};
    case ActivationKind::kSigmoid: return {dnnl_eltwise_logistic, 0.0f, 0.0f};
    case ActivationKind::kTanh: return {dnnl_eltwise_tanh, 0.0f, 0.0f};
    case ActivationKind::kHardSigmoid:
      return {dnnl_eltwise_linear, activation.alpha, activation.beta};
    case ActivationKind::kHardSwish: return {dnnl_eltwise_hardswish, 0.0f, 0.0f};
    case ActivationKind::kSwish: return {dnnl_eltwise_swish, 1.0f, 0.0f};
    case ActivationKind::kNone: break;
  }
  return {dnnl_eltwise_linear, 1.0f, 0.0f};
}

bool dnn_clamps_after(const Activation& activation) {
  return activation.kind == ActivationKind::kHardSigmoid;
}

DnnAttributes dnn_attributes(const PostOps& post_ops) { return attributes(post_ops, nullptr); }

DnnAttributes dnn_attributes_with_shift(const PostOps& post_ops, int64_t channels) {
  const dnnl_memory_desc_t shift = dnn_tensor({1, channels, 1, 1}, dnnl_nchw);
  return attributes(post_ops, &shift);
}

std::string dnn_name(const_dnnl_primitive_desc_t implementation) {
  const char* name = nullptr;
  dnnl_primitive_desc_query(implementation, dnnl_query_impl_info_str, 0, &name);
  return name ? name : "";
}

dnnl_memory_desc_t dnn_query(const_dnnl_primitive_desc_t implementation, dnnl_query_t what) {
  const dnnl_memory_desc_t* desc = dnnl_primitive_desc_query_md(implementation, what, 0);
  return desc ? *desc : dnnl_memory_desc_t{};
}

Bytes dnn_workspace(const_dnnl_primitive_desc_t implementation) {
  const dnnl_memory_desc_t desc = dnn_query(implementation, dnnl_query_scratchpad_md);
  return {static_cast<int64_t>(dnnl_memory_desc_get_size(&desc))};
}

std::string_view dnn_status_text(dnnl_status_t status) {
  switch (status) {
    case dnnl_success: return "success";
    case dnnl_out_of_memory: return "out of memory";
    case dnnl_invalid_arguments: return "invalid arguments";
    case dnnl_unimplemented: return "not implemented";
    default: return "runtime error";
  }
}

std::string dnn_version() {
  const dnnl_version_t* version = dnnl_version();
  return std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
         std::to_string(version->patch);
}

}  // namespace kernwise::detail
