// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/quantize.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace kernwise {
namespace {

constexpr int32_t kMostUnsigned = 255, kMostSigned = 127;

}  // namespace

std::string_view to_string(Precision precision) {
  return precision == Precision::kInt8 ? "int8" : "fp32";
}

std::optional<Precision> parse_precision(std::string_view text) {
  for (const Precision precision : {Precision::kFp32, Precision::kInt8}) {
    if (to_string(precision) == text) return precision;
  }
  return std::nullopt;
}

float step_of(const ValueRange& range, Layout layout) {
  double step = 1;
  if (layout == Layout::kNhwcU8) step = range.high / kMostUnsigned;
  if (layout == Layout::kNhwcS8) {
    step = std::max(std::abs(range.low), std::abs(range.high)) / kMostSigned;
  }
  const auto rounded = static_cast<float>(step);
  return std::isnormal(rounded) && rounded > 0 ? rounded : 1.0F;
}

int32_t quantize(float value, float step, Layout layout) {
  const int32_t most = layout == Layout::kNhwcU8 ? kMostUnsigned : kMostSigned;
  const int32_t least = layout == Layout::kNhwcU8 ? 0 : -kMostSigned - 1;
  const float number = std::nearbyint(value / step);
  if (!(number > static_cast<float>(least))) return least;
  return number < static_cast<float>(most) ? static_cast<int32_t>(number) : most;
}

QuantizedWeights quantize_weights(std::span<const float> weights, int64_t channels) {
  QuantizedWeights result;
  result.numbers.resize(weights.size());
  const std::size_t count = weights.size() / static_cast<std::size_t>(channels);
  for (std::size_t first = 0; first < weights.size(); first += count) {
    const std::span<const float> channel = weights.subspan(first, count);
    double high = 0;
    for (const float w : channel) high = std::max(high, std::abs(double{w}));
    const float step = step_of({-high, high}, Layout::kNhwcS8);
    for (std::size_t i = 0; i < count; ++i) {
      result.numbers[first + i] = static_cast<int8_t>(quantize(channel[i], step, Layout::kNhwcS8));
    }
    result.steps.push_back(step);
  }
  return result;
}

}  // namespace kernwise
