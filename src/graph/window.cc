// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "window.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "attributes.h"

namespace kernwise::detail {
namespace {

constexpr int64_t kLargest = std::numeric_limits<int32_t>::max();

// A list attribute with `count` numbers of at least `smallest` each.
Result<std::vector<int64_t>> window_list(const Node& node, const std::string& name,
                                         std::size_t count, int64_t smallest) {
  KERNWISE_ASSIGN(std::vector<int64_t> values,
                  ints_attribute(node, name, std::vector<int64_t>(count, smallest)));
  if (values.size() != count) {
    return invalid_input(
        fmt::format("attribute '{}' has {} numbers; {} belong there", name, values.size(), count));
  }
  for (const int64_t value : values) {
    if (value < smallest || value > kLargest) {
      return invalid_input(fmt::format("attribute '{}' holds {}, which is not between {} and {}",
                                       name, value, smallest, kLargest));
    }
  }
  return values;
}

enum class AutoPad { kNotSet, kSameUpper, kSameLower, kValid };

Result<AutoPad> auto_pad(const Node& node) {
  KERNWISE_ASSIGN(const std::string text, string_attribute(node, "auto_pad", "NOTSET"));
  if (text == "NOTSET" || text.empty()) return AutoPad::kNotSet;
  if (text == "SAME_UPPER") return AutoPad::kSameUpper;
  if (text == "SAME_LOWER") return AutoPad::kSameLower;
  if (text == "VALID") return AutoPad::kValid;
  return invalid_input(
      fmt::format("auto_pad '{}' is none of NOTSET, SAME_UPPER, SAME_LOWER, VALID", text));
}

int64_t extent(const WindowAxis& axis) { return (axis.kernel - 1) * axis.dilation + 1; }

// ONNX, Conv: with SAME the output is ceil(input / stride) and an odd padding puts its extra
// element at the end (UPPER) or at the beginning (LOWER).
void pad_to_same(WindowAxis& axis, int64_t input, bool upper) {
  const int64_t output = (input - 1) / axis.stride + 1;
  const int64_t total = std::max<int64_t>((output - 1) * axis.stride + extent(axis) - input, 0);
  axis.begin = upper ? total / 2 : total - total / 2;
  axis.end = total - axis.begin;
}

Status resolve_output(WindowAxis& axis, int64_t input, bool ceil_mode) {
  const int64_t padded = input + axis.begin + axis.end;
  if (extent(axis) > padded) {
    return invalid_input(fmt::format("a window of {} does not fit an input of {} with padding {}",
                                     extent(axis), input, axis.begin + axis.end));
  }
  const int64_t steps = (padded - extent(axis)) / axis.stride;
  axis.output = steps + 1;
  if (!ceil_mode || steps * axis.stride == padded - extent(axis)) return Ok{};
  // ONNX, MaxPool: "sliding windows that would start in the right padded region are ignored".
  if ((steps + 1) * axis.stride >= input + axis.begin) return Ok{};
  axis.output = steps + 2;
  const int64_t end = (steps + 1) * axis.stride + extent(axis) - input - axis.begin;
  axis.extension = end - axis.end;
  axis.end = end;
  return Ok{};
}

// The window before any output size is known: one axis for each spatial dimension of the node.
Result<std::vector<WindowAxis>> stated_axes(const Node& node, std::span<const int64_t> kernel) {
  const std::size_t rank = kernel.size();
  KERNWISE_ASSIGN(const auto strides, window_list(node, "strides", rank, 1));
  KERNWISE_ASSIGN(const auto dilations, window_list(node, "dilations", rank, 1));
  KERNWISE_ASSIGN(const auto pads, window_list(node, "pads", 2 * rank, 0));
  std::vector<WindowAxis> axes;
  for (std::size_t i = 0; i < rank; ++i) {
    if (kernel[i] < 1 || kernel[i] > kLargest) {
      return invalid_input(fmt::format("a window of {} is not possible", kernel[i]));
    }
    axes.push_back({kernel[i], strides[i], pads[i], pads[rank + i], dilations[i]});
  }
  return axes;
}

Window as_window(const std::vector<WindowAxis>& axes) {
  if (axes.size() == 1) return {{}, axes[0]};
  return {axes[0], axes[1]};
}

Result<Window> resolve(const Node& node, std::span<const int64_t> in,
                       std::span<const int64_t> kernel, bool ceil_mode) {
  KERNWISE_ASSIGN(std::vector<WindowAxis> axes, stated_axes(node, kernel));
  KERNWISE_ASSIGN(const AutoPad automatic, auto_pad(node));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    WindowAxis& axis = axes[i];
    const bool stated = axis.begin != 0 || axis.end != 0;
    const WindowAxis before = axis;
    if (automatic == AutoPad::kValid) axis.begin = axis.end = 0;
    if (automatic == AutoPad::kSameUpper || automatic == AutoPad::kSameLower) {
      pad_to_same(axis, in[i], automatic == AutoPad::kSameUpper);
    }
    // ONNX forbids both; exporters that write zeros beside auto_pad are meant no harm.
    if (stated && (before.begin != axis.begin || before.end != axis.end)) {
      return invalid_input("has both auto_pad and other explicit pads");
    }
    KERNWISE_TRY(resolve_output(axis, in[i], ceil_mode));
  }
  return as_window(axes);
}

// The kernel as the attribute and the weights state it.
Result<std::vector<int64_t>> kernel_of(const Node& node, std::span<const int64_t> w) {
  const std::vector<int64_t> kernel(w.begin() + 2, w.end());
  KERNWISE_ASSIGN(const auto stated, ints_attribute(node, "kernel_shape", kernel));
  if (stated == kernel) return kernel;
  return invalid_input(
      fmt::format("kernel_shape differs from the weights' {}", fmt::join(kernel, "x")));
}

// ONNX ConvTranspose, for output_shape: total padding = stride * (in - 1) + output_padding +
// extent - out; the odd element goes to the end unless auto_pad is SAME_UPPER.
void pad_for_output(WindowAxis& axis, int64_t in, int64_t out, int64_t output_padding,
                    AutoPad automatic) {
  const int64_t total =
      std::max<int64_t>(axis.stride * (in - 1) + output_padding + extent(axis) - out, 0);
  axis.begin = automatic == AutoPad::kSameUpper ? total / 2 : total - total / 2;
  axis.end = total - axis.begin;
}

}  // namespace

Result<Window> conv_window(const Node& node, std::span<const int64_t> x,
                           std::span<const int64_t> w) {
  KERNWISE_ASSIGN(const std::vector<int64_t> kernel, kernel_of(node, w));
  return resolve(node, x.subspan(2), kernel, false);
}

Result<Window> deconv_window(const Node& node, std::span<const int64_t> x,
                             std::span<const int64_t> w) {
  KERNWISE_ASSIGN(const std::vector<int64_t> kernel, kernel_of(node, w));
  KERNWISE_ASSIGN(std::vector<WindowAxis> axes, stated_axes(node, kernel));
  KERNWISE_ASSIGN(const AutoPad automatic, auto_pad(node));
  KERNWISE_ASSIGN(const auto extra, window_list(node, "output_padding", kernel.size(), 0));
  std::vector<int64_t> sizes;
  if (has_attribute(node, "output_shape")) {
    KERNWISE_ASSIGN(sizes, ints_attribute(node, "output_shape", {}));
    // Some exporters give all dimensions.
    if (sizes.size() == x.size()) sizes.erase(sizes.begin(), sizes.begin() + 2);
    if (sizes.size() != kernel.size()) {
      return invalid_input(fmt::format("attribute 'output_shape' has {} numbers; {} belong there",
                                       sizes.size(), kernel.size()));
    }
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    WindowAxis& axis = axes[i];
    const int64_t in = x[i + 2];
    if (in > kLargest) return unsupported("an image this large");
    const bool same = automatic == AutoPad::kSameUpper || automatic == AutoPad::kSameLower;
    if (!sizes.empty()) {
      if (sizes[i] < 1 || sizes[i] > kLargest) return invalid_input("output_shape is not possible");
      pad_for_output(axis, in, sizes[i], extra[i], automatic);
    } else if (same) {
      pad_for_output(axis, in, axis.stride * in, extra[i], automatic);
    } else if (automatic == AutoPad::kValid) {
      axis.begin = axis.end = 0;
    }
    axis.output = !sizes.empty()
                      ? sizes[i]
                      : axis.stride * (in - 1) + extra[i] + extent(axis) - axis.begin - axis.end;
    if (axis.output < 1) return invalid_input("padding leaves nothing of the output");
  }
  return as_window(axes);
}

Result<Window> pool_window(const Node& node, std::span<const int64_t> x) {
  if (!has_attribute(node, "kernel_shape")) return invalid_input("has no kernel_shape");
  KERNWISE_ASSIGN(const auto kernel, window_list(node, "kernel_shape", x.size() - 2, 1));
  KERNWISE_ASSIGN(const int64_t ceil_mode, int_attribute(node, "ceil_mode", 0));
  KERNWISE_ASSIGN(const Window window, resolve(node, x.subspan(2), kernel, ceil_mode != 0));
  for (const WindowAxis& axis : {window.h, window.w}) {
    if (axis.dilation != 1) return unsupported("dilated pooling");
    // A window that lies in the padding alone would have nothing to pool.
    if (axis.begin >= axis.kernel || axis.end >= axis.kernel) {
      return invalid_input("padding must be smaller than the pooling window");
    }
  }
  return window;
}

Result<PoolKind> pool_kind(const Node& node, const Window& window) {
  if (node.op_type == "MaxPool" || node.op_type == "GlobalMaxPool") return PoolKind::kMax;
  KERNWISE_ASSIGN(const int64_t include, int_attribute(node, "count_include_pad", 0));
  if (include == 0) return PoolKind::kAvgExcludePad;
  const bool padded = window.h.begin > 0 || window.h.end > window.h.extension ||
                      window.w.begin > 0 || window.w.end > window.w.extension;
  const bool extended = window.h.extension > 0 || window.w.extension > 0;
  if (!padded) return PoolKind::kAvgExcludePad;
  // The file's padding would count and the extension would not: no PoolProblem says that.
  if (extended) return unsupported("count_include_pad with ceil_mode");
  return PoolKind::kAvgIncludePad;
}

}  // namespace kernwise::detail
