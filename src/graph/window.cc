// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "window.h"

#include <fmt/format.h>

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

Result<Window> resolve(const Node& node, int64_t ih, int64_t iw, int64_t kh, int64_t kw,
                       bool ceil_mode) {
  if (kh < 1 || kw < 1 || kh > kLargest || kw > kLargest) {
    return invalid_input(fmt::format("a window of {}x{} is not possible", kh, kw));
  }
  KERNWISE_ASSIGN(const auto strides, window_list(node, "strides", 2, 1));
  KERNWISE_ASSIGN(const auto dilations, window_list(node, "dilations", 2, 1));
  KERNWISE_ASSIGN(const auto pads, window_list(node, "pads", 4, 0));
  KERNWISE_ASSIGN(const AutoPad automatic, auto_pad(node));

  Window window{{kh, strides[0], pads[0], pads[2], dilations[0]},
                {kw, strides[1], pads[1], pads[3], dilations[1]}};
  if (automatic == AutoPad::kValid)
    window.h.begin = window.h.end = window.w.begin = window.w.end = 0;
  if (automatic == AutoPad::kSameUpper || automatic == AutoPad::kSameLower) {
    pad_to_same(window.h, ih, automatic == AutoPad::kSameUpper);
    pad_to_same(window.w, iw, automatic == AutoPad::kSameUpper);
  }
  // ONNX forbids both; exporters that write zeros beside auto_pad are meant no harm.
  const std::vector<int64_t> resolved = {window.h.begin, window.w.begin, window.h.end,
                                         window.w.end};
  if (pads != resolved && pads != std::vector<int64_t>(4, 0)) {
    return invalid_input("has both auto_pad and other explicit pads");
  }
  KERNWISE_TRY(resolve_output(window.h, ih, ceil_mode));
  KERNWISE_TRY(resolve_output(window.w, iw, ceil_mode));
  return window;
}

}  // namespace

Result<Window> conv_window(const Node& node, int64_t ih, int64_t iw, int64_t kh, int64_t kw) {
  KERNWISE_ASSIGN(const auto kernel, ints_attribute(node, "kernel_shape", {kh, kw}));
  if (kernel != std::vector<int64_t>{kh, kw}) {
    return invalid_input(fmt::format("kernel_shape differs from the weights' {}x{}", kh, kw));
  }
  return resolve(node, ih, iw, kh, kw, false);
}

Result<Window> pool_window(const Node& node, int64_t ih, int64_t iw) {
  if (!has_attribute(node, "kernel_shape")) return invalid_input("has no kernel_shape");
  KERNWISE_ASSIGN(const auto kernel, window_list(node, "kernel_shape", 2, 1));
  KERNWISE_ASSIGN(const int64_t ceil_mode, int_attribute(node, "ceil_mode", 0));
  KERNWISE_ASSIGN(const Window window, resolve(node, ih, iw, kernel[0], kernel[1], ceil_mode != 0));
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
