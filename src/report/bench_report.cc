// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/bench_report.h"

#include <fmt/format.h>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

bool is_ours(const Contestant& c) { return c.name == "kernwise"; }

Json ratio_json(const RatioInterval& ratio) {
  return {{"median", detail::number(ratio.median)},
          {"low", detail::number(ratio.low)},
          {"high", detail::number(ratio.high)}};
}

Json known(int64_t bytes) { return bytes > 0 ? Json(bytes) : Json(nullptr); }

Json contestant_json(const Contestant& c) {
  return {
      {"version", detail::text_or_null(c.version)},
      {"median_s", detail::positive(c.median_s)},
      {"spread_ratio", detail::number(c.spread)},
      {"peak_bytes", known(c.peak_bytes)},
      {"process_peak_bytes", known(c.process_peak_bytes)},
      {"output_difference_ratio", is_ours(c) ? Json(nullptr) : detail::number(c.output_difference)},
      {"runs_s", detail::numbers(c.runs_s)}};
}

// One sentence that claims no more than the interval does.
std::string verdict(const Contestant& c, const TextStyle& style) {
  const RatioInterval& r = c.ratio;
  const std::string name = printable(c.name, style);
  const std::string interval = fmt::format("(95 % interval {:.2f} to {:.2f})", r.low, r.high);
  if (r.low > 1) {
    return fmt::format("kernwise is {} as fast as {} {}\n",
                       paint(format_ratio(r.median), Ink::kGood, style), name, interval);
  }
  if (r.high < 1) {
    return fmt::format("kernwise is slower than {}: {} as fast {}\n", name,
                       paint(format_ratio(r.median), Ink::kBad, style), interval);
  }
  return fmt::format("kernwise and {} cannot be told apart: {} {}\n", name, format_ratio(r.median),
                     interval);
}

}  // namespace

std::string bench_json(const BenchOutcome& outcome, const Envelope& envelope) {
  Json result = {{"network", outcome.plan.network},
                 {"network_hash", outcome.plan.network_hash},
                 {"threads", outcome.plan.threads},
                 {"rounds", outcome.rounds},
                 {"predicted_s", detail::positive(outcome.predicted_s)},
                 {"ratios", Json::object()}};
  for (const Contestant& c : outcome.contestants) {
    if (!is_ours(c)) result["ratios"][c.name] = ratio_json(c.ratio);
    result[c.name] = contestant_json(c);
  }
  return detail::envelope_text("bench", envelope, std::move(result));
}

std::string bench_text(const BenchOutcome& outcome, const TextStyle& style) {
  Table table({{"contestant"},
               {"version", Align::kLeft, 12},
               {"median", Align::kRight, 0},
               {"spread", Align::kRight, 0},
               {"time ratio", Align::kRight, 0},
               {"95 % interval", Align::kLeft, 0},
               {"peak memory", Align::kRight, 0},
               {"of its process", Align::kRight, 0},
               {"output differs", Align::kRight, 0}});
  for (const Contestant& c : outcome.contestants) {
    table.add({{c.name, is_ours(c) ? Ink::kGood : Ink::kPlain},
               {c.version, Ink::kDim},
               {format_seconds({c.median_s})},
               {detail::spread_text(c.spread, style)},
               {is_ours(c) ? "" : format_ratio(c.ratio.median)},
               {is_ours(c) ? "" : fmt::format("[{:.2f}, {:.2f}]", c.ratio.low, c.ratio.high)},
               {c.peak_bytes > 0 ? format_bytes({c.peak_bytes}) : ""},
               {c.process_peak_bytes > 0 ? format_bytes({c.process_peak_bytes}) : ""},
               {is_ours(c) ? "" : fmt::format("{:.1g}", c.output_difference)}});
  }
  std::string text = table.render(style);
  text += fmt::format("\n{} interleaved rounds, {}; the plan predicted {}\n", outcome.rounds,
                      detail::plural(outcome.plan.threads, "thread"),
                      format_seconds({outcome.predicted_s}));
  for (const Contestant& c : outcome.contestants) {
    if (!is_ours(c)) text += verdict(c, style);
  }
  return text;
}

}  // namespace kernwise
