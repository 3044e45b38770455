// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include "json.h"
#include "kernwise/base/format.h"
#include "kernwise/report/fleet_report.h"
#include "words.h"

namespace kernwise {

std::string fleet_probe_json(const DesignSpace& space, const ProbeDesignsOutcome& outcome,
                             const Envelope& envelope) {
  using detail::Json;
  Json measurements = Json::array();
  for (const DesignMeasurement& m : outcome.measurements) {
    measurements.push_back({{"design", design_string(space, m.design)},
                            {"latency_s", detail::number(m.latency_s)},
                            {"spread_ratio", detail::number(m.spread)},
                            {"predicted_s", detail::positive(m.predicted_s)},
                            {"resumed", m.resumed},
                            {"failure", detail::text_or_null(m.failure)}});
  }
  return detail::envelope_text("fleet-probe", envelope,
                               {{"device", outcome.device},
                                {"measured", outcome.measured},
                                {"planned", outcome.planned},
                                {"resumed", outcome.resumed},
                                {"failed", outcome.failed},
                                {"measurements", std::move(measurements)}});
}

std::string fleet_probe_text(const DesignSpace& space, const ProbeDesignsOutcome& outcome,
                             const TextStyle& style) {
  Table table({{"design", Align::kLeft, 24},
               {"latency", Align::kRight, 0},
               {"spread", Align::kRight, 0},
               {"planned", Align::kRight, 0},
               {"", Align::kLeft, 0}});
  for (const DesignMeasurement& m : outcome.measurements) {
    if (!m.failure.empty()) {
      table.add({{design_string(space, m.design)}, {"failed", Ink::kBad}, {}, {}, {m.failure}});
      continue;
    }
    table.add({{design_string(space, m.design)},
               {format_seconds({m.latency_s}), Ink::kGood},
               {m.resumed ? "" : detail::spread_text(m.spread, style), Ink::kDim},
               {m.resumed ? "" : format_seconds({m.predicted_s}), Ink::kDim},
               {m.resumed ? "measured before" : "", Ink::kDim}});
  }
  return table.render(style) +
         fmt::format("\n{} measured, {} planned as '{}', {} known before, {} failed\n",
                     detail::plural(outcome.measured, "design"), outcome.planned,
                     printable(outcome.device, style), outcome.resumed, outcome.failed);
}

}  // namespace kernwise
