// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Shapes of the operators that work on images: convolution, pooling, normalisation.
#include <fmt/format.h>

#include "attributes.h"
#include "describe.h"
#include "operator_rules.h"
#include "window.h"

namespace kernwise::detail {

Result<InferredValue> infer_conv(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, image_input(view, 0));
  KERNWISE_ASSIGN(const ConstantTensor* weight, weight_input(view, 1));
  KERNWISE_ASSIGN(const int64_t groups, int_attribute(view.node, "group", 1));
  const std::vector<int64_t>& x = input->dims;
  const std::vector<int64_t>& w = weight->dims();
  if (w.size() != 4 || w[0] < 1 || w[1] < 1) {
    return invalid_input(
        fmt::format("weights of shape {}; [outputs, inputs per group, height, width] are needed",
                    describe_dims(w)));
  }
  if (groups < 1 || x[1] % groups != 0 || w[0] % groups != 0 || x[1] / groups != w[1]) {
    return invalid_input(fmt::format("input {} and weights {} do not go together in {} group(s)",
                                     describe_dims(x), describe_dims(w), groups));
  }
  if (view.has(2)) KERNWISE_TRY(vector_input(view, 2, w[0]));
  KERNWISE_ASSIGN(const Window window, conv_window(view.node, x[2], x[3], w[2], w[3]));
  return InferredValue{DataType::kFloat32, {x[0], w[0], window.h.output, window.w.output}, {}};
}

Result<InferredValue> infer_pool(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, image_input(view, 0));
  const std::vector<int64_t>& x = input->dims;
  KERNWISE_ASSIGN(const Window window, pool_window(view.node, x[2], x[3]));
  KERNWISE_TRY(pool_kind(view.node, window));
  return InferredValue{DataType::kFloat32, {x[0], x[1], window.h.output, window.w.output}, {}};
}

Result<InferredValue> infer_global_pool(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, image_input(view, 0));
  return InferredValue{DataType::kFloat32, {input->dims[0], input->dims[1], 1, 1}, {}};
}

Result<InferredValue> infer_batch_normalization(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, data_input(view, 0));
  KERNWISE_ASSIGN(const int64_t spatial, int_attribute(view.node, "spatial", 1));
  if (spatial != 1) return unsupported("statistics per element (spatial = 0)");
  KERNWISE_ASSIGN(const int64_t training, int_attribute(view.node, "training_mode", 0));
  if (training != 0) return unsupported("training mode");
  KERNWISE_TRY(float_attribute(view.node, "epsilon", 0));
  for (std::size_t i = 1; i <= 4; ++i) KERNWISE_TRY(vector_input(view, i, input->dims[1]));
  return InferredValue{DataType::kFloat32, input->dims, {}};
}

Result<InferredValue> infer_lrn(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, image_input(view, 0));
  KERNWISE_ASSIGN(const int64_t size, int_attribute(view.node, "size", 0));
  if (size < 1) return invalid_input("attribute 'size' is missing or not positive");
  for (const char* name : {"alpha", "beta", "bias"}) {
    KERNWISE_TRY(float_attribute(view.node, name, 0));
  }
  return InferredValue{DataType::kFloat32, input->dims, {}};
}

}  // namespace kernwise::detail
