// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/doctor_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

std::string_view to_text(CheckState state) {
  switch (state) {
    case CheckState::kGood: return "good";
    case CheckState::kWarning: return "warning";
    case CheckState::kBad: return "bad";
    case CheckState::kUnknown: return "unknown";
  }
  return "";
}

Ink ink_of(CheckState state) {
  switch (state) {
    case CheckState::kGood: return Ink::kGood;
    case CheckState::kWarning: return Ink::kWarning;
    case CheckState::kBad: return Ink::kBad;
    case CheckState::kUnknown: return Ink::kDim;
  }
  return Ink::kPlain;
}

std::string cache_text(Bytes bytes) { return bytes.value > 0 ? format_bytes(bytes) : "unknown"; }

}  // namespace

bool fit_to_measure(const DoctorReport& report) {
  return report.grade <= 'C' && std::ranges::none_of(report.checks, [](const DoctorCheck& check) {
           return check.state == CheckState::kBad;
         });
}

std::string doctor_json(const DoctorReport& report, const Envelope& envelope) {
  Json checks = Json::array();
  for (const DoctorCheck& check : report.checks) {
    checks.push_back({{"name", check.name},
                      {"state", to_text(check.state)},
                      {"finding", check.finding},
                      {"advice", detail::text_or_null(check.advice)}});
  }
  return detail::envelope_text("doctor", envelope,
                               {{"grade", std::string(1, report.grade)},
                                {"fit_to_measure", fit_to_measure(report)},
                                {"noise_ratio", detail::number(report.noise)},
                                {"steal_ratio", detail::number(report.steal_share)},
                                {"peak_gflops", detail::positive(report.peak_gflops)},
                                {"bandwidth_gbps", detail::positive(report.bandwidth_gbps)},
                                {"checks", std::move(checks)}});
}

std::string doctor_text(const DoctorReport& report, const TextStyle& style) {
  const Device& d = report.device;
  std::string text = fmt::format(
      "{} ({}{}), {}, L1d {}, L2 {}, L3 {}, memory {}\n", printable(d.cpu, style), to_string(d.isa),
      d.is_virtual ? ", virtual device" : "", detail::plural(d.cores, "processor"),
      cache_text(d.l1d), cache_text(d.l2), cache_text(d.l3), cache_text(d.memory));
  text += fmt::format("device {}, {}\n", d.fingerprint, printable(report.context.kernel, style));
  text += fmt::format("one core: {} GFLOP/s, {} GB/s from memory\n\n",
                      format_number(report.peak_gflops), format_number(report.bandwidth_gbps));
  Table table({{"check", Align::kLeft, 0},
               {"state", Align::kLeft, 0},
               {"finding", Align::kLeft, 24},
               {"advice", Align::kLeft, 24}});
  for (const DoctorCheck& check : report.checks) {
    table.add({{check.name},
               {std::string(to_text(check.state)), ink_of(check.state)},
               {check.finding},
               {check.advice, Ink::kDim}});
  }
  text += table.render(style);
  text +=
      fmt::format("\ngrade {}: repeated timings differ by {}; {}\n",
                  paint(std::string(1, report.grade), detail::ink_of_grade(report.grade), style),
                  format_percent(report.noise),
                  fit_to_measure(report) ? "fit to measure" : "not fit to measure");
  return text;
}

}  // namespace kernwise
