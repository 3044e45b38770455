// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/format.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace kernwise {
namespace {

// Three significant digits without an exponent: 4.12, 48.7, 123, 1234.
std::string three_digits(double x) {
  const double magnitude = std::fabs(x);
  if (magnitude >= 99.95) return fmt::format("{:.0f}", x);
  if (magnitude >= 9.995) return fmt::format("{:.1f}", x);
  return fmt::format("{:.2f}", x);
}

struct Unit {
  std::string_view name;
  double factor;
};

// The largest unit that leaves at least 1, after rounding to three digits.
template <std::size_t N>
std::string with_unit(double value, const std::array<Unit, N>& units) {
  for (const Unit& unit : units) {
    if (std::fabs(value) >= 0.9995 * unit.factor) {
      return three_digits(value / unit.factor) + " " + std::string(unit.name);
    }
  }
  return three_digits(value / units.back().factor) + " " + std::string(units.back().name);
}

template <std::size_t N>
Result<double> parse_quantity(std::string_view text, const std::array<Unit, N>& units,
                              std::string_view what, std::string_view hint) {
  const auto bad = [&](std::string_view why) {
    return invalid_input(fmt::format("'{}' is no {}: {}", text, what, why), std::string(hint));
  };
  double number = 0;
  const auto [rest, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc()) return bad("it must start with a number");
  if (!(number >= 0) || !std::isfinite(number)) return bad("it must be a number of zero or more");
  const std::string_view suffix(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  for (const Unit& unit : units) {
    if (suffix != unit.name) continue;
    if (!std::isfinite(number * unit.factor)) return bad("it is too large");
    return number * unit.factor;
  }
  return bad(fmt::format("unknown unit '{}'", suffix));
}

}  // namespace

std::string format_number(double x) { return three_digits(x); }

std::string format_seconds(Seconds s) {
  if (s.value == 0) return "0 s";
  if (s.value >= 120) return three_digits(s.value / 60) + " min";
  static constexpr std::array<Unit, 4> kUnits = {
      {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}}};
  return with_unit(s.value, kUnits);
}

std::string format_bytes(Bytes b) {
  if (b.value < 1024) return fmt::format("{} B", b.value);
  static constexpr std::array<Unit, 4> kUnits = {
      {{"TiB", 0x1p40}, {"GiB", 0x1p30}, {"MiB", 0x1p20}, {"KiB", 0x1p10}}};
  return with_unit(static_cast<double>(b.value), kUnits);
}

std::string format_macs(Macs m) {
  if (m.value < 1000) return fmt::format("{} MAC", m.value);
  static constexpr std::array<Unit, 4> kUnits = {
      {{"TMAC", 1e12}, {"GMAC", 1e9}, {"MMAC", 1e6}, {"kMAC", 1e3}}};
  return with_unit(static_cast<double>(m.value), kUnits);
}

std::string format_ratio(double ratio) { return three_digits(ratio) + "x"; }

std::string format_percent(double share) {
  const double percent = 100 * share;
  return (std::fabs(percent) < 9.95 ? fmt::format("{:.1f}", percent)
                                    : fmt::format("{:.0f}", percent)) +
         " %";
}

Result<Seconds> parse_duration(std::string_view text) {
  static constexpr std::array<Unit, 7> kUnits = {
      {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"m", 60}, {"min", 60}, {"h", 3600}}};
  KERNWISE_ASSIGN(const double seconds,
                  parse_quantity(text, kUnits, "duration", "write it like 90s, 250ms, 2m or 1h"));
  return Seconds{seconds};
}

Result<Bytes> parse_bytes(std::string_view text) {
  static constexpr std::array<Unit, 11> kUnits = {{{"", 1},
                                                   {"B", 1},
                                                   {"KiB", 0x1p10},
                                                   {"MiB", 0x1p20},
                                                   {"GiB", 0x1p30},
                                                   {"TiB", 0x1p40},
                                                   {"kB", 1e3},
                                                   {"KB", 1e3},
                                                   {"MB", 1e6},
                                                   {"GB", 1e9},
                                                   {"TB", 1e12}}};
  KERNWISE_ASSIGN(const double bytes,
                  parse_quantity(text, kUnits, "size", "write it like 512, 300MiB or 4GiB"));
  if (bytes > 0x1p62) return invalid_input(fmt::format("'{}' is too large a size", text));
  return Bytes{static_cast<int64_t>(bytes)};
}

}  // namespace kernwise
