// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Strong types for the quantities kernwise deals in. One canonical unit each: seconds, bytes,
// multiply-accumulates. Conversion happens only when printing (format.h); JSON carries the
// canonical unit in the key (`_s`, `_bytes`, `_macs`).
#pragma once

#include <compare>
#include <cstdint>

namespace kernwise {

struct Seconds {
  double value = 0;
  friend auto operator<=>(const Seconds&, const Seconds&) = default;
  Seconds& operator+=(Seconds other) {
    value += other.value;
    return *this;
  }
};
inline Seconds operator+(Seconds a, Seconds b) { return {a.value + b.value}; }
inline Seconds operator-(Seconds a, Seconds b) { return {a.value - b.value}; }
inline Seconds operator*(double factor, Seconds s) { return {factor * s.value}; }
inline double operator/(Seconds a, Seconds b) { return a.value / b.value; }

struct Bytes {
  int64_t value = 0;
  friend auto operator<=>(const Bytes&, const Bytes&) = default;
  Bytes& operator+=(Bytes other) {
    value += other.value;
    return *this;
  }
};
inline Bytes operator+(Bytes a, Bytes b) { return {a.value + b.value}; }

// One multiply-accumulate counts once (a 1x1x1 dot product of length n is n MACs).
struct Macs {
  int64_t value = 0;
  friend auto operator<=>(const Macs&, const Macs&) = default;
  Macs& operator+=(Macs other) {
    value += other.value;
    return *this;
  }
};

}  // namespace kernwise
