// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/adapt_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

constexpr std::size_t kShown = 12;  // of the front

Json design_json(const AdaptedDesign& d) {
  return {{"ratios", d.ratios},
          {"kept_ratio", detail::number(d.kept)},
          {"image_macs", d.macs.value},
          {"memory_bytes", static_cast<int64_t>(d.memory_bytes.median)},
          {"memory_high_bytes", static_cast<int64_t>(d.memory_bytes.high)},
          {"step_s", detail::positive(d.step_s)},
          {"step_high_s", detail::positive(d.step_high_s)},
          {"fits", d.fits}};
}

std::string bytes_text(double bytes) { return format_bytes(Bytes{static_cast<int64_t>(bytes)}); }

std::vector<Cell> design_row(std::string name, const AdaptedDesign& d) {
  std::vector<Cell> row = {{std::move(name)},
                           {format_percent(d.kept)},
                           {format_macs(d.macs)},
                           {bytes_text(d.memory_bytes.median)},
                           {d.step_s > 0 ? format_seconds({d.step_s}) : std::string()}};
  std::string ratios;
  for (const double ratio : d.ratios) ratios += fmt::format(" {:.2f}", ratio);
  row.push_back({std::move(ratios), Ink::kDim});
  return row;
}

}  // namespace

std::string adapt_json(const AdaptSummary& s, const Envelope& envelope) {
  const AdaptResult& r = s.result;
  Json stages = Json::array(), front = Json::array();
  for (const Stage& stage : r.stages) {
    stages.push_back({{"height", stage.height}, {"width", stage.width}, {"layers", stage.layers}});
  }
  for (const AdaptedDesign& design : r.front) front.push_back(design_json(design));
  return detail::envelope_text("adapt", envelope,
                               {{"file", detail::text_or_null(s.file)},
                                {"device", s.device},
                                {"seed", s.seed},
                                {"stages", std::move(stages)},
                                {"whole", design_json(r.whole)},
                                {"best", design_json(r.best)},
                                {"front", std::move(front)},
                                {"evaluated", r.evaluated},
                                {"impossible", r.impossible},
                                {"passed_over", s.passed_over},
                                {"search_s", detail::number(s.search_s)},
                                {"profiling_s", detail::positive(r.profiling_s)}});
}

std::string adapt_text(const AdaptSummary& s, const TextStyle& style) {
  const AdaptResult& r = s.result;
  Table table({{"", Align::kLeft, 0},
               {"kept", Align::kRight, 0},
               {"an image", Align::kRight, 0},
               {"memory", Align::kRight, 0},
               {"step", Align::kRight, 0},
               {"removed, by stage", Align::kLeft, 20}});
  table.add(design_row("whole", r.whole));
  if (r.best.fits) table.add(design_row("best", r.best));
  for (std::size_t i = 0; i < std::min(kShown, r.front.size()); ++i) {
    // Evenly over the front, its ends included.
    const std::size_t at = r.front.size() <= kShown ? i : i * (r.front.size() - 1) / (kShown - 1);
    table.add(design_row(i == 0 ? "front" : "", r.front[at]));
  }
  std::string stages = "stages:";
  for (const Stage& stage : r.stages) {
    stages += fmt::format(" {}x{} ({})", stage.height, stage.width,
                          detail::plural(static_cast<int64_t>(stage.layers.size()), "group"));
  }
  std::string text =
      fmt::format("{}\n{}\n{} predicted in {}", table.render(style), stages,
                  detail::plural(r.evaluated, "design"), format_seconds({s.search_s}));
  if (r.profiling_s > 0) {
    // Predicted, of the device; the search above is of this processor, so no ratio of the two.
    text += fmt::format("; running six steps of each would take {} of the device, as predicted",
                        format_seconds({r.profiling_s}));
  }
  text.push_back('\n');
  if (r.impossible > 0) {
    text += fmt::format("{} left out, because no network can be made of {}\n",
                        detail::plural(r.impossible, "design"), r.impossible == 1 ? "it" : "them");
  }
  if (s.passed_over > 0) {
    text += fmt::format("{} passed over: with weights, more channels of a split or shuffle stay\n",
                        detail::plural(s.passed_over, "design"));
  }
  if (!r.best.fits) text += "nothing that was looked at holds the limits\n";
  if (!s.file.empty()) text += fmt::format("wrote {}\n", printable(s.file, style));
  return text;
}

}  // namespace kernwise
