// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/prune_report.h"

#include <fmt/format.h>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {

std::string prune_json(const PruneSummary& s, const Envelope& envelope) {
  using detail::Json;
  Json groups = Json::array();
  for (const ChannelGroup& group : s.groups) {
    groups.push_back({{"layers", group.layers},
                      {"channels", group.channels},
                      {"units", group.units},
                      {"removed", group.removed}});
  }
  return detail::envelope_text("prune", envelope,
                               {{"file", s.file},
                                {"seed", s.seed},
                                {"parameters_before", s.parameters_before},
                                {"parameters", s.parameters},
                                {"before_macs", s.macs_before.value},
                                {"macs", s.macs.value},
                                {"groups", std::move(groups)}});
}

std::string prune_text(const PruneSummary& s, const TextStyle& style) {
  Table table({{"layers", Align::kLeft, 16},
               {"channels", Align::kRight, 0},
               {"removed", Align::kRight, 0},
               {"", Align::kLeft, 0}});
  for (const ChannelGroup& group : s.groups) {
    std::string layers = group.layers.front();
    if (group.layers.size() > 1) layers += fmt::format(" and {} more", group.layers.size() - 1);
    const int64_t each = group.channels / group.units;
    table.add({{layers},
               {fmt::format("{}", group.units)},
               {fmt::format("{}", group.removed), group.removed > 0 ? Ink::kPlain : Ink::kDim},
               {each > 1 ? fmt::format("each {} channels of these layers", each) : "", Ink::kDim}});
  }
  return table.render(style) +
         fmt::format("\n{} of {} and {} of {} parameters are left\nwrote {}, seed {}\n",
                     paint(format_macs(s.macs), Ink::kBold, style), format_macs(s.macs_before),
                     s.parameters, s.parameters_before, printable(s.file, style), s.seed);
}

}  // namespace kernwise
