// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// oneDNN's convolutions and fully connected layers in int8, in nhwc alone: there its int8 kernels
// are as fast as in blocks of channels, which nothing else would read.
#include <array>

#include "onednn/convolution.h"
#include "onednn/dnn_primitive.h"
#include "onednn/implementations.h"
#include "onednn/int8_product.h"

namespace kernwise::detail {
namespace {

struct Int8Implementation {
  std::string_view name;  // oneDNN's
  std::string_view slug;  // ours, part of the id
  bool takes_signed = true;
};
// The kernels for 1x1 alone were measured to be no faster than the general one.
constexpr std::array<Int8Implementation, 2> kConvolutions = {{
    {"jit_int8:avx512_core_vnni", "int8-jit", true},
    {"brgconv:avx512_core_vnni", "int8-brgconv", false},
}};
constexpr std::string_view kFullyConnected = "brgemm:avx512_core_vnni";

class Int8Convolution final : public Int8Product {
 public:
  Int8Convolution(const Int8Implementation& implementation, Layout in, Layout out)
      : Int8Product({.id = id_of(implementation, in, out),
                     .family = "int8",
                     .source = "onednn",
                     .revision = 1,
                     .kind = ProblemKind::kConv,
                     .in = in,
                     .out = out,
                     .precision = Precision::kInt8}),
        implementation_(implementation) {}

 protected:
  Form form(const Problem& problem, const_dnnl_primitive_attr_t attributes) const override {
    const ConvProblem& conv = *problem.as<ConvProblem>();
    const dnnl_memory_desc_t source = dnn_tensor(input_shape(problem, 0), info().in);
    const dnnl_memory_desc_t target = dnn_tensor(output_shape(problem), info().out);
    const dnnl_memory_desc_t weights =
        dnn_weights(conv, dnnl_format_tag_any, dnnl_format_tag_any, dnnl_s8);
    const dnnl_memory_desc_t bias = dnn_vector(conv.oc);
    const dnnl_dims_t strides = {conv.sh, conv.sw};
    const dnnl_dims_t dilates = {conv.dh - 1, conv.dw - 1};  // oneDNN counts the skipped ones
    const dnnl_dims_t before = {conv.pt, conv.pl}, after = {conv.pb, conv.pr};
    dnnl_convolution_desc_t operation;
    if (dnnl_dilated_convolution_forward_desc_init(&operation, dnnl_forward_inference,
                                                   dnnl_convolution_direct, &source, &weights,
                                                   problem.post_ops.bias ? &bias : nullptr, &target,
                                                   strides, dilates, before, after) != dnnl_success)
      return offers_none(implementation_.name, info().in, info().out);
    Int8Form found;
    found.implementation = find_implementation(&operation, attributes, implementation_.name);
    if (!found.implementation) return offers_none(implementation_.name, info().in, info().out);
    found.arguments = dnn_arguments(problem, info().in, info().out);
    found.plain = dnn_weights(conv, dnnl_oihw, dnnl_goihw, dnnl_s8);
    return found;
  }

 private:
  static std::string id_of(const Int8Implementation& implementation, Layout in, Layout out) {
    std::string id = "onednn-" + std::string(implementation.slug) + "-";
    id += to_string(in);
    if (out != in) id.append("-").append(to_string(out));
    return id;
  }

  const Int8Implementation& implementation_;
};

// The image's values in the order in which they lie, times weights in the same order.
class Int8FullyConnected final : public Int8Product {
 public:
  explicit Int8FullyConnected(Layout in)
      : Int8Product({.id = "onednn-fc-int8-brgemm-" + std::string(to_string(in)),
                     .family = "int8",
                     .source = "onednn",
                     .revision = 1,
                     .kind = ProblemKind::kFc,
                     .in = in,
                     .out = Layout::kNchw,
                     .precision = Precision::kInt8}) {}

 protected:
  Form form(const Problem& problem, const_dnnl_primitive_attr_t attributes) const override {
    const FcProblem& fc = *problem.as<FcProblem>();
    const int64_t length = fc.ic * fc.ih * fc.iw;
    const dnnl_memory_desc_t source = dnn_matrix(fc.n, length, dnnl_ab, dnn_type(info().in));
    const dnnl_memory_desc_t target = dnn_matrix(fc.n, fc.oc, dnnl_ab);
    const dnnl_memory_desc_t weights = dnn_matrix(fc.oc, length, dnnl_format_tag_any, dnnl_s8);
    const dnnl_memory_desc_t bias = dnn_vector(fc.oc);
    dnnl_inner_product_desc_t operation;
    if (dnnl_inner_product_forward_desc_init(&operation, dnnl_forward_inference, &source, &weights,
                                             problem.post_ops.bias ? &bias : nullptr,
                                             &target) != dnnl_success)
      return offers_none(kFullyConnected, info().in, info().out);
    Int8Form found;
    found.implementation = find_implementation(&operation, attributes, kFullyConnected);
    if (!found.implementation) return offers_none(kFullyConnected, info().in, info().out);
    found.arguments = {{.id = DNNL_ARG_SRC, .source = DnnSource::kInput, .at = 0, .desc = source},
                       {.id = DNNL_ARG_DST, .source = DnnSource::kOutput, .at = 0, .desc = target}};
    found.plain = dnn_matrix(fc.oc, length, dnnl_ab, dnnl_s8);
    if (fc.ih * fc.iw > 1 && fc.ic > 1) {
      const ConvProblem filters{.ic = fc.ic, .oc = fc.oc, .kh = fc.ih, .kw = fc.iw};
      found.plain = dnn_weights(filters, dnnl_oihw, dnnl_goihw, dnnl_s8);
      found.stage = {.desc = dnn_weights(filters, dnnl_ohwi, dnnl_goihw, dnnl_s8),
                     .view = dnn_matrix(fc.oc, length, dnnl_ab, dnnl_s8)};
    }
    return found;
  }
};

}  // namespace

void add_int8_convolutions(Primitives& primitives) {
  for (const Int8Implementation& implementation : kConvolutions)
    for (const Layout in : kInt8Layouts) {
      if (in == Layout::kNhwcS8 && !implementation.takes_signed) continue;
      for (const Layout out : {Layout::kNhwcU8, Layout::kNhwcS8, Layout::kNhwc})
        primitives.push_back(std::make_unique<Int8Convolution>(implementation, in, out));
    }
  for (const Layout in : kInt8Layouts)
    primitives.push_back(std::make_unique<Int8FullyConnected>(in));
}

}  // namespace kernwise::detail
