// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The one place where quantities become text and text becomes quantities. Text adapts the unit and
// keeps three significant digits; JSON never comes through here (it keeps the canonical unit).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"

namespace kernwise {

std::string format_seconds(Seconds s);     // "18.7 us", "4.12 ms", "2.50 s", "0 s"
std::string format_bytes(Bytes b);         // "512 B", "3.06 MiB"
std::string format_macs(Macs m);           // "4.09 GMAC"
std::string format_ratio(double ratio);    // "1.31x"
std::string format_number(double x);      // three digits, no exponent: 4.12, 48.7, 1234
std::string format_percent(double share);  // 0.034 -> "3.4 %"

// "250ms", "2m", "1.5s", "90" (seconds), "1h". Negative, empty or unknown unit: an error.
Result<Seconds> parse_duration(std::string_view text);
// "512", "300MiB", "4GiB", "64kB" (powers of 1000 without the i). Overflow: an error.
Result<Bytes> parse_bytes(std::string_view text);

}  // namespace kernwise
