// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Questions about oneDNN's own choices, asked of the same table that the primitives are made from.
#include <algorithm>

#include "kernwise/primitives/registry.h"
#include "onednn/convolution.h"
#include "onednn/implementations.h"

namespace kernwise {
namespace {

using namespace detail;

bool too_large(const Problem& problem) {
  return dnn_too_large(problem, Layout::kNchw16c, Layout::kNchw16c);  // takes the most bytes
}

bool same_tensor(const dnnl_memory_desc_t& chosen, const Shape4& shape, Layout layout) {
  const dnnl_memory_desc_t ours = dnn_tensor(shape, layout);
  return dnnl_memory_desc_equal(&chosen, &ours) != 0;
}

bool is_defective(std::string_view name, const Problem& problem,
                  const_dnnl_primitive_desc_t implementation) {
  const ConvImplementation* known = find_conv_implementation(name);
  if (!known) return false;
  const dnnl_memory_desc_t out = dnn_query(implementation, dnnl_query_dst_md);
  const bool nhwc = same_tensor(out, output_shape(problem), Layout::kNhwc);
  return !known_defect(*known, problem, nhwc ? Layout::kNhwc : Layout::kNchw16c).empty();
}

}  // namespace

Result<std::string> onednn_auto(const Problem& problem, const Execution& execution) {
  KERNWISE_TRY(validate(problem));
  if (problem.kind() != ProblemKind::kConv)
    return unsupported("oneDNN's own choice is asked for convolutions only, not for " +
                       std::string(to_string(problem.kind())));
  if (too_large(problem)) return unsupported(to_string(problem) + " is too large for oneDNN");
  const ThreadScope scope(execution.threads);
  dnnl_convolution_desc_t operation;
  DnnImplementation first;
  if (describe_convolution(problem, dnnl_convolution_auto, dnnl_format_tag_any,
                           dnnl_format_tag_any, operation)) {
    const DnnAttributes attributes = dnn_attributes(problem.post_ops);
    for_each_implementation(&operation, attributes.get(),
                            [&](std::string_view name, DnnImplementation implementation) {
                              if (is_defective(name, problem, implementation.get())) return true;
                              first = std::move(implementation);
                              return false;
                            });
  }
  if (!first) return unsupported("oneDNN offers nothing for " + to_string(problem));

  const std::string name = dnn_name(first.get());
  const dnnl_memory_desc_t in = dnn_query(first.get(), dnnl_query_src_md);
  const dnnl_memory_desc_t out = dnn_query(first.get(), dnnl_query_dst_md);
  if (const ConvImplementation* known = find_conv_implementation(name))
    for (const auto& layouts : known->layouts)
      if (layouts && same_tensor(in, input_shape(problem, 0), layouts->in) &&
          same_tensor(out, output_shape(problem), layouts->out))
        return conv_id(*known, *layouts);
  return unsupported("oneDNN's own choice for " + to_string(problem) + ", " + name +
                     ", is no primitive of kernwise in the layouts it wants");
}

std::vector<std::string> unknown_implementations(const Problem& problem,
                                                 const Execution& execution) {
  std::vector<std::string> unknown;
  if (problem.kind() != ProblemKind::kConv || !validate(problem).ok() || too_large(problem))
    return unknown;
  const ThreadScope scope(execution.threads);
  const DnnAttributes attributes = dnn_attributes(problem.post_ops);
  const auto ask = [&](dnnl_alg_kind_t algorithm, dnnl_format_tag_t in, dnnl_format_tag_t out) {
    dnnl_convolution_desc_t operation;
    if (!describe_convolution(problem, algorithm, in, out, operation)) return;
    for_each_implementation(&operation, attributes.get(),
                            [&](std::string_view name, DnnImplementation) {
                              if (!find_conv_implementation(name)) unknown.emplace_back(name);
                              return true;
                            });
  };
  for (const auto algorithm : {dnnl_convolution_direct, dnnl_convolution_winograd}) {
    ask(algorithm, dnnl_format_tag_any, dnnl_format_tag_any);
    for (const Layout in : kAllLayouts)
      for (const Layout out : kAllLayouts) ask(algorithm, dnn_tag(in), dnn_tag(out));
  }
  std::ranges::sort(unknown);
  const auto repeated = std::ranges::unique(unknown);
  unknown.erase(repeated.begin(), repeated.end());
  return unknown;
}

}  // namespace kernwise
