// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Shapes of the operators that work on images: convolution, pooling, normalisation.
#include <fmt/format.h>

#include <cmath>

#include "attributes.h"
#include "describe.h"
#include "kernwise/graph/layer_graph.h"
#include "operator_rules.h"
#include "saturate.h"
#include "window.h"

namespace kernwise::detail {

namespace {

std::vector<int64_t> image_dims(int64_t n, int64_t c, const Window& window, std::size_t rank) {
  if (rank == 3) return {n, c, window.w.output};
  return {n, c, window.h.output, window.w.output};
}

// Weights of the rank of the image, with something in them.
Result<const ConstantTensor*> kernel_input(const NodeView& view, const InferredValue& image) {
  KERNWISE_ASSIGN(const ConstantTensor* weight, weight_input(view, 1));
  const std::vector<int64_t>& w = weight->dims();
  if (w.size() == image.dims.size() && w[0] >= 1 && w[1] >= 1) return weight;
  return invalid_input(
      fmt::format("weights of shape {} on an image of shape {}: two dimensions of "
                  "channels and one for each of the image are needed",
                  describe_dims(w), describe_dims(image.dims)));
}

Error no_match(const std::vector<int64_t>& x, const std::vector<int64_t>& w, int64_t groups) {
  return invalid_input(fmt::format("input {} and weights {} do not go together in {} group(s)",
                                   describe_dims(x), describe_dims(w), groups));
}

}  // namespace

Result<InferredValue> infer_conv(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, image_input(view, 0));
  KERNWISE_ASSIGN(const ConstantTensor* weight, kernel_input(view, *input));
  KERNWISE_ASSIGN(const int64_t groups, int_attribute(view.node, "group", 1));
  const std::vector<int64_t>& x = input->dims;
  const std::vector<int64_t>& w = weight->dims();
  if (groups < 1 || x[1] % groups != 0 || w[0] % groups != 0 || x[1] / groups != w[1]) {
    return no_match(x, w, groups);
  }
  if (view.has(2)) KERNWISE_TRY(vector_input(view, 2, w[0]));
  KERNWISE_ASSIGN(const Window window, conv_window(view.node, x, w));
  return InferredValue{DataType::kFloat32, image_dims(x[0], w[0], window, x.size()), {}};
}

Result<InferredValue> infer_deconv(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, image_input(view, 0));
  KERNWISE_ASSIGN(const ConstantTensor* weight, kernel_input(view, *input));
  KERNWISE_ASSIGN(const int64_t groups, int_attribute(view.node, "group", 1));
  const std::vector<int64_t>& x = input->dims;
  const std::vector<int64_t>& w = weight->dims();
  if (groups < 1 || x[1] % groups != 0 || x[1] != w[0]) return no_match(x, w, groups);
  const int64_t outputs = saturating_multiply(w[1], groups);
  if (view.has(2)) KERNWISE_TRY(vector_input(view, 2, outputs));
  KERNWISE_ASSIGN(const Window window, deconv_window(view.node, x, w));
  return InferredValue{DataType::kFloat32, image_dims(x[0], outputs, window, x.size()), {}};
}

Result<InferredValue> infer_pool(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, image_input(view, 0));
  const std::vector<int64_t>& x = input->dims;
  KERNWISE_ASSIGN(const Window window, pool_window(view.node, x));
  KERNWISE_TRY(pool_kind(view.node, window));
  return InferredValue{DataType::kFloat32, image_dims(x[0], x[1], window, x.size()), {}};
}

Result<InferredValue> infer_global_pool(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, data_input(view, 0));
  if (input->dims.size() < 3) {
    return invalid_input(fmt::format("input of shape {} is no image", describe_dims(input->dims)));
  }
  std::vector<int64_t> dims(input->dims.size(), 1);
  dims[0] = input->dims[0];
  dims[1] = input->dims[1];
  return InferredValue{DataType::kFloat32, dims, {}};
}

Result<InferredValue> infer_batch_normalization(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, data_input(view, 0));
  if (input->dims.size() < 2) {
    return unsupported(fmt::format("input of shape {}", describe_dims(input->dims)));
  }
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

namespace {

Result<ResizeCoordinates> resize_coordinates(const NodeView& view) {
  // ONNX Resize 10 is what became `asymmetric` in 11.
  const bool first = view.opset < 11;
  KERNWISE_ASSIGN(const std::string mode,
                  string_attribute(view.node, "coordinate_transformation_mode",
                                   first ? "asymmetric" : "half_pixel"));
  if (mode == "half_pixel") return ResizeCoordinates::kHalfPixel;
  if (mode == "asymmetric") return ResizeCoordinates::kAsymmetric;
  if (mode == "align_corners") return ResizeCoordinates::kAlignCorners;
  if (mode == "pytorch_half_pixel") return ResizeCoordinates::kPytorchHalfPixel;
  if (mode == "half_pixel_symmetric") return ResizeCoordinates::kHalfPixelSymmetric;
  return unsupported(fmt::format("coordinate_transformation_mode '{}'", mode));
}

Result<ResizeRounding> resize_rounding(const NodeView& view) {
  KERNWISE_ASSIGN(const std::string mode,
                  string_attribute(view.node, "nearest_mode",
                                   view.opset < 11 ? "floor" : "round_prefer_floor"));
  if (mode == "floor") return ResizeRounding::kFloor;
  if (mode == "ceil") return ResizeRounding::kCeil;
  if (mode == "round_prefer_floor") return ResizeRounding::kPreferFloor;
  if (mode == "round_prefer_ceil") return ResizeRounding::kPreferCeil;
  return unsupported(fmt::format("nearest_mode '{}'", mode));
}

// One number for each dimension: output sizes, and the scales that the coordinates go by.
struct ResizeSizes {
  std::vector<int64_t> sizes;
  std::vector<float> scales;
};

Result<ResizeSizes> resize_sizes(const NodeView& view, const std::vector<int64_t>& x) {
  const std::size_t scales_at = view.opset < 11 ? 1 : 2;
  ResizeSizes result;
  const bool by_scale =
      view.has(scales_at) && view.inputs[scales_at]->dims != std::vector<int64_t>{0};
  if (by_scale) {
    KERNWISE_ASSIGN(const ConstantTensor* scales,
                    vector_input(view, scales_at, static_cast<int64_t>(x.size())));
    result.scales = scales->to_floats();
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double size = std::floor(static_cast<double>(x[i]) * result.scales[i]);
      if (!(size >= 1 && size < 1e9)) {
        return invalid_input(fmt::format("a scale of {} is not possible", result.scales[i]));
      }
      result.sizes.push_back(static_cast<int64_t>(size));
    }
    return result;
  }
  KERNWISE_ASSIGN(result.sizes, ints_input(view, 3));
  if (result.sizes.size() != x.size()) {
    return invalid_input(fmt::format("{} sizes for {} dimensions", result.sizes.size(), x.size()));
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (result.sizes[i] < 1 || result.sizes[i] > 1'000'000'000) {
      return invalid_input(fmt::format("a size of {} is not possible", result.sizes[i]));
    }
    result.scales.push_back(
        static_cast<float>(static_cast<double>(result.sizes[i]) / static_cast<double>(x[i])));
  }
  return result;
}

}  // namespace

Result<ResizeProblem> resize_of(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, image_input(view, 0));
  const std::vector<int64_t>& x = input->dims;
  ResizeProblem resize;
  KERNWISE_ASSIGN(const std::string mode, string_attribute(view.node, "mode", "nearest"));
  if (mode != "nearest" && mode != "linear") return unsupported(fmt::format("mode '{}'", mode));
  resize.kind = mode == "linear" ? ResizeKind::kLinear : ResizeKind::kNearest;
  KERNWISE_ASSIGN(resize.coordinates, resize_coordinates(view));
  if (resize.kind == ResizeKind::kNearest) {
    KERNWISE_ASSIGN(resize.rounding, resize_rounding(view));
  }
  KERNWISE_ASSIGN(const int64_t antialias, int_attribute(view.node, "antialias", 0));
  if (antialias != 0) return unsupported("antialias");
  if (has_attribute(view.node, "axes")) return unsupported("attribute 'axes'");
  KERNWISE_ASSIGN(const std::string policy,
                  string_attribute(view.node, "keep_aspect_ratio_policy", "stretch"));
  if (policy != "stretch") return unsupported("keep_aspect_ratio_policy");
  KERNWISE_ASSIGN(const ResizeSizes sizes, resize_sizes(view, x));
  if (sizes.sizes[0] != x[0] || sizes.sizes[1] != x[1]) {
    return unsupported("resizing the batch or the channels");
  }
  const Shape4 from = view_of(x), to = view_of(sizes.sizes);
  resize.n = from.n;
  resize.c = from.c;
  resize.ih = from.h;
  resize.iw = from.w;
  resize.oh = to.h;
  resize.ow = to.w;
  if (x.size() == 4) resize.yscale = sizes.scales[2];
  resize.xscale = sizes.scales.back();
  return resize;
}

Result<InferredValue> infer_resize(const NodeView& view) {
  KERNWISE_ASSIGN(const ResizeProblem resize, resize_of(view));
  const bool flat = view.inputs[0]->dims.size() == 3;
  return InferredValue{DataType::kFloat32,
                       flat ? std::vector<int64_t>{resize.n, resize.c, resize.ow}
                            : std::vector<int64_t>{resize.n, resize.c, resize.oh, resize.ow},
                       {}};
}

}  // namespace kernwise::detail
