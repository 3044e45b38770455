// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the whole numbers of an int8 tensor mean (Jacob et al. 2018, section 2.1, with zero points
// of 0): value = step * number. One step for the whole tensor; zero is always exact, so padding is.
//   nhwcu8  numbers 0 to 255, for values that are never negative: step = high / 255
//   nhwcs8  numbers -128 to 127: step = max(|low|, |high|) / 127, so that -128 is beyond the range
// Values beyond the range end at its border; halves round to the even number.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kernwise/graph/layout.h"

namespace kernwise {

// In what a layer is computed: the type of the numbers that are multiplied. Names appear in files.
enum class Precision : uint8_t { kFp32 = 0, kInt8 = 1 };
std::string_view to_string(Precision precision);  // "fp32", "int8"
std::optional<Precision> parse_precision(std::string_view text);

// Where the values of a tensor lie. Finite, low <= high.
struct ValueRange {
  double low = 0, high = 0;
  friend bool operator==(const ValueRange&, const ValueRange&) = default;
};

// False where numbers without a sign would lose one.
inline bool fits(const ValueRange& range, Layout layout) {
  return layout != Layout::kNhwcU8 || range.low >= 0;
}

// The worth of one step; 1 for layouts of floats, and for a range of nothing but zero.
float step_of(const ValueRange& range, Layout layout);

// Of weights [channels, count / channels] each channel has a step of its own, max |w| / 127.
struct QuantizedWeights {
  std::vector<int8_t> numbers;
  std::vector<float> steps;  // per channel; 1 where all weights are zero
};
QuantizedWeights quantize_weights(std::span<const float> weights, int64_t channels);

// The number that a value becomes: rounded, kept within the layout's numbers.
int32_t quantize(float value, float step, Layout layout);

}  // namespace kernwise
