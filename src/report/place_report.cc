// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/place_report.h"

#include <fmt/format.h>

#include <cmath>

#include "json.h"
#include "kernwise/base/format.h"
#include "kernwise/report/table.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;
using detail::number;

std::string time_text(double seconds) {
  return std::isfinite(seconds) ? format_seconds({seconds}) : std::string("-");
}

std::string where(const std::string& resource, int threads) {
  return resource == "cpu" ? fmt::format("cpu x{}", threads) : resource;
}

std::string interval_text(double low, double high) {
  if (!std::isfinite(low) || !std::isfinite(high)) return "unknown";
  return fmt::format("{} to {}", format_seconds({low}), format_seconds({high}));
}

std::string kernel_table(const PlaceOutcome& outcome, const TextStyle& style) {
  const bool judged = !outcome.judged_by.empty() && outcome.source != PlaceSource::kMeasured &&
                      outcome.source != PlaceSource::kRecorded;
  Table table({{"kernel", Align::kLeft, 8},
               {"problem", Align::kLeft, 16},
               {"primitive", Align::kLeft, 0},
               {"on", Align::kLeft, 0},
               {"time", Align::kRight, 0},
               {"interval", Align::kLeft, 0},
               {judged ? outcome.judged_by : "", Align::kRight, 0},
               {"next best alone", Align::kLeft, 0},
               {"", Align::kRight, 0}});
  for (const PlacedKernel& kernel : outcome.kernels) {
    const bool other = !kernel.other_primitive.empty();
    table.add(
        {{kernel.name},
         {detail::short_problem(kernel.problem), Ink::kDim},
         {kernel.primitive, Ink::kGood},
         {where(kernel.resource, kernel.threads)},
         {time_text(kernel.time_s)},
         {interval_text(kernel.low_s, kernel.high_s), Ink::kDim},
         {judged ? time_text(kernel.judged_s) : ""},
         {other ? fmt::format("{} on {}", kernel.other_primitive,
                              where(kernel.other_resource, kernel.other_threads))
                : "",
          Ink::kDim},
         {other ? detail::signed_percent(kernel.other_s / kernel.time_s - 1) : "", Ink::kDim}});
  }
  return table.render(style);
}

std::string transfer_lines(const PlaceOutcome& outcome, const TextStyle& style) {
  std::string text;
  for (const PlacedTransfer& t : outcome.transfers) {
    text += fmt::format("copy {}: {} {} {}, {}, {}\n", printable(t.tensor, style),
                        printable(t.from, style), arrow(style), printable(t.to, style),
                        format_bytes(t.bytes), format_seconds({t.time_s}));
  }
  return text;
}

std::string resource_lines(const PlaceOutcome& outcome, const TextStyle& style) {
  std::string text;
  for (std::size_t i = 0; i < outcome.resources.size() && i < outcome.notes.size(); ++i) {
    if (outcome.notes[i].empty()) continue;
    text += fmt::format("{}: {}\n", printable(outcome.resources[i], style),
                        printable(outcome.notes[i], style));
  }
  return text;
}

std::string way_table(const PlaceOutcome& outcome, const TextStyle& style) {
  const bool judged = !outcome.judged_by.empty(), run = outcome.run.has_value();
  const PlacedWay& placed = outcome.ways.front();
  Table table({{"way", Align::kLeft, 0},
               {"predicted", Align::kRight, 0},
               {judged ? "sum " + outcome.judged_by : "", Align::kRight, 0},
               {judged ? "placed against it" : "", Align::kRight, 0},
               {run ? "run" : "", Align::kRight, 0},
               {run ? "spread" : "", Align::kRight, 0},
               {"", Align::kLeft, 0}});
  for (const PlacedWay& way : outcome.ways) {
    const double against = placed.judged_s / way.judged_s - 1;
    table.add(
        {{way.name, &way == &placed ? Ink::kBold : Ink::kPlain},
         {time_text(way.predicted_s)},
         {judged ? time_text(way.judged_s) : ""},
         {judged && &way != &placed && std::isfinite(against) ? detail::signed_percent(against)
                                                              : ""},
         {run ? time_text(way.run_s) : ""},
         {run && std::isfinite(way.run_spread) ? detail::spread_text(way.run_spread, style) : ""},
         {way.reason, Ink::kDim}});
  }
  return table.render(style);
}

std::string run_lines(const PlaceOutcome& outcome, double tolerance, const TextStyle& style) {
  const PlacedRun& run = *outcome.run;
  std::string text = fmt::format(
      "measured {} {} (median of {}), predicted {}, difference {}; tensors and scratch {}\n",
      paint(format_seconds({run.measured_s}), Ink::kBold, style),
      detail::spread_text(run.spread, style), detail::plural(run.repeat, "run"),
      format_seconds({outcome.predicted_s}),
      detail::signed_percent(run.measured_s / outcome.predicted_s - 1), format_bytes(run.memory));
  if (run.worst_output.empty()) return text + "not verified\n";
  return text +
         paint(fmt::format("verification {}", run.within_tolerance ? "passed" : "failed"),
               run.within_tolerance ? Ink::kGood : Ink::kBad, style) +
         fmt::format(": largest relative error {:.2g} ({}), tolerance {:.2g}\n",
                     run.max_relative_error, printable(run.worst_output, style), tolerance);
}

Json kernel_json(const PlacedKernel& kernel) {
  const bool other = !kernel.other_primitive.empty();
  return {{"kernel", kernel.name},
          {"operation", to_string(kernel.kind)},
          {"problem", kernel.problem},
          {"line", kernel.line},
          {"primitive", kernel.primitive},
          {"resource", kernel.resource},
          {"threads", kernel.threads},
          {"time_s", number(kernel.time_s)},
          {"low_s", number(kernel.low_s)},
          {"high_s", number(kernel.high_s)},
          {"provenance", kernel.provenance},
          {"judged_s", number(kernel.judged_s)},
          {"next_best", other ? Json{{"primitive", kernel.other_primitive},
                                     {"resource", kernel.other_resource},
                                     {"threads", kernel.other_threads},
                                     {"time_s", number(kernel.other_s)}}
                              : Json(nullptr)}};
}

Json run_json(const PlacedRun& run, double tolerance) {
  const bool verified = !run.worst_output.empty();
  return {{"measured_s", number(run.measured_s)},
          {"spread_ratio", number(run.spread)},
          {"runs_s", detail::numbers(run.runs_s)},
          {"memory_bytes", run.memory.value},
          {"verification", verified ? Json{{"passed", run.within_tolerance},
                                           {"max_relative_error", number(run.max_relative_error)},
                                           {"worst_output", run.worst_output},
                                           {"tolerance", tolerance}}
                                    : Json(nullptr)}};
}

}  // namespace

std::string place_json(const PlaceOutcome& outcome, double tolerance, const Envelope& envelope) {
  Json kernels = Json::array(), transfers = Json::array(), ways = Json::array(),
       resources = Json::array();
  for (const PlacedKernel& kernel : outcome.kernels) kernels.push_back(kernel_json(kernel));
  for (const PlacedTransfer& t : outcome.transfers) {
    transfers.push_back({{"tensor", t.tensor},
                         {"from", t.from},
                         {"to", t.to},
                         {"bytes", t.bytes.value},
                         {"time_s", number(t.time_s)}});
  }
  for (const PlacedWay& way : outcome.ways) {
    ways.push_back(
        {{"way", way.name},
         {"predicted_s", number(way.predicted_s)},
         {"judged_s", number(way.judged_s)},
         {"placed_over_this_ratio", number(outcome.ways.front().judged_s / way.judged_s)},
         {"run_s", number(way.run_s)},
         {"run_spread_ratio", number(way.run_spread)},
         {"reason", detail::text_or_null(way.reason)}});
  }
  for (std::size_t i = 0; i < outcome.resources.size(); ++i) {
    resources.push_back(
        {{"resource", outcome.resources[i]},
         {"note", detail::text_or_null(i < outcome.notes.size() ? outcome.notes[i] : "")}});
  }
  return detail::envelope_text(
      "place", envelope,
      {{"program", outcome.program},
       {"source", to_string(outcome.source)},
       {"execution", "sequential"},
       {"resources", std::move(resources)},
       {"predicted_total_s", number(outcome.predicted_s)},
       {"low_s", number(outcome.low_s)},
       {"high_s", number(outcome.high_s)},
       {"transfers_s", number(outcome.transfers_s)},
       {"optimal", outcome.optimal},
       {"gap_ratio", number(outcome.gap_ratio)},
       {"solve_s", number(outcome.solve_s)},
       {"kernels", std::move(kernels)},
       {"transfers", std::move(transfers)},
       {"judged_by", detail::text_or_null(outcome.judged_by)},
       {"ways", std::move(ways)},
       {"run", outcome.run ? run_json(*outcome.run, tolerance) : Json(nullptr)}});
}

std::string place_text(const PlaceOutcome& outcome, double tolerance, const TextStyle& style) {
  std::string text = kernel_table(outcome, style) + transfer_lines(outcome, style);
  const std::size_t count = outcome.transfers.size();
  std::string copies = "no copies";
  if (count > 0) {
    copies = fmt::format("of which {} {} {}", count, count == 1 ? "copy" : "copies",
                         format_seconds({outcome.transfers_s}));
  }
  text += fmt::format(
      "\n{} {} ({}) for {} run one after another, {}\n",
      outcome.source == PlaceSource::kMeasured || outcome.source == PlaceSource::kRecorded
          ? "sum"
          : "predicted",
      paint(format_seconds({outcome.predicted_s}), Ink::kBold, style),
      interval_text(outcome.low_s, outcome.high_s),
      detail::plural(static_cast<int64_t>(outcome.kernels.size()), "kernel"), copies);
  text += outcome.optimal
              ? fmt::format("optimal: no other placement has a smaller sum of {} costs\n",
                            to_string(outcome.source))
              : fmt::format("not proven optimal: another placement could be {} faster at most\n",
                            format_percent(outcome.gap_ratio));
  text += resource_lines(outcome, style) + "\n" + way_table(outcome, style);
  if (outcome.run) text.append(1, '\n').append(run_lines(outcome, tolerance, style));
  return text;
}

}  // namespace kernwise
