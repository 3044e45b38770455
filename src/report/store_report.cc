// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/store_report.h"

#include <fmt/format.h>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;
using detail::plural;

Json to_json(const MergeSummary& s) {
  return {{"devices_new", s.devices_new},   {"devices_known", s.devices_known},
          {"sessions_new", s.sessions_new}, {"sessions_known", s.sessions_known},
          {"records_new", s.records_new},   {"records_known", s.records_known}};
}

}  // namespace

std::string merge_json(const std::string& action, const std::string& target,
                       const std::vector<MergedSource>& sources, const Envelope& envelope) {
  Json list = Json::array();
  for (const MergedSource& source : sources) {
    Json one = {{"source", source.location}};
    one.update(to_json(source.summary));
    list.push_back(std::move(one));
  }
  return detail::envelope_text(
      "db", envelope, {{"action", action}, {"store", target}, {"sources", std::move(list)}});
}

std::string merge_text(const std::string& target, const std::vector<MergedSource>& sources,
                       const TextStyle& style) {
  Table table({{"source", Align::kLeft, 24},
               {"new records", Align::kRight, 0},
               {"known", Align::kRight, 0},
               {"new sessions", Align::kRight, 0},
               {"new devices", Align::kRight, 0}});
  for (const MergedSource& source : sources) {
    const MergeSummary& s = source.summary;
    table.add({{source.location},
               {std::to_string(s.records_new), s.records_new > 0 ? Ink::kGood : Ink::kPlain},
               {std::to_string(s.records_known)},
               {std::to_string(s.sessions_new)},
               {std::to_string(s.devices_new)}});
  }
  return table.render(style) + fmt::format("store {}\n", printable(target, style));
}

std::string export_json(const std::string& file, int64_t records, const Envelope& envelope) {
  return detail::envelope_text("db", envelope,
                               {{"action", "export"}, {"file", file}, {"records", records}});
}

std::string statistics_json(const StoreStatistics& statistics, const Envelope& envelope) {
  Json groups = Json::array();
  for (const StoreGroup& g : statistics.groups) {
    groups.push_back({{"device", g.device},
                      {"threads", g.threads},
                      {"protocol", g.protocol},
                      {"libraries", g.libraries},
                      {"records", g.records},
                      {"measured", g.measured},
                      {"refused", g.refused},
                      {"failed", g.failed},
                      {"problems", g.problems},
                      {"primitives", g.primitives},
                      {"runs", g.runs}});
  }
  return detail::envelope_text("db", envelope,
                               {{"action", "stat"},
                                {"store", statistics.location},
                                {"devices", statistics.devices},
                                {"sessions", statistics.sessions},
                                {"records", statistics.records},
                                {"groups", std::move(groups)}});
}

std::string statistics_text(const StoreStatistics& statistics, const TextStyle& style) {
  Table table({{"device", Align::kLeft, 0},
               {"threads", Align::kRight, 0},
               {"protocol", Align::kLeft, 0},
               {"records", Align::kRight, 0},
               {"measured", Align::kRight, 0},
               {"problems", Align::kRight, 0},
               {"primitives", Align::kRight, 0},
               {"runs", Align::kRight, 0},
               {"libraries", Align::kLeft, 16}});
  for (const StoreGroup& g : statistics.groups) {
    table.add({{g.device},
               {std::to_string(g.threads)},
               {g.protocol},
               {std::to_string(g.records)},
               {std::to_string(g.measured)},
               {std::to_string(g.problems)},
               {std::to_string(g.primitives)},
               {std::to_string(g.runs)},
               {g.libraries, Ink::kDim}});
  }
  return fmt::format("{}: {} in {} on {}\n", printable(statistics.location, style),
                     plural(statistics.records, "record"), plural(statistics.sessions, "session"),
                     plural(statistics.devices, "device")) +
         table.render(style);
}

std::string diff_json(const DiffReport& diff, const Envelope& envelope) {
  const StoreDifference& d = diff.difference;
  Json groups = Json::array();
  for (const StoreDifference::Group& g : d.groups) {
    groups.push_back({{"device", g.device},
                      {"libraries", g.libraries},
                      {"only_left", g.only_left},
                      {"only_right", g.only_right}});
  }
  return detail::envelope_text("db", envelope,
                               {{"action", "diff"},
                                {"left", diff.left},
                                {"right", diff.right},
                                {"same", d.same()},
                                {"records_in_both", d.records_in_both},
                                {"records_only_left", d.records_only_left},
                                {"records_only_right", d.records_only_right},
                                {"sessions_in_both", d.sessions_in_both},
                                {"sessions_only_left", d.sessions_only_left},
                                {"sessions_only_right", d.sessions_only_right},
                                {"conflicting_keys", d.conflicting_keys},
                                {"groups", std::move(groups)}});
}

std::string diff_text(const DiffReport& diff, const TextStyle& style) {
  const StoreDifference& d = diff.difference;
  std::string text = fmt::format("left  {}\nright {}\n", printable(diff.left, style),
                                 printable(diff.right, style));
  if (d.same()) return text + fmt::format("the same {}\n", plural(d.records_in_both, "record"));
  Table totals({{"", Align::kLeft, 0},
                {"in both", Align::kRight, 0},
                {"only left", Align::kRight, 0},
                {"only right", Align::kRight, 0}});
  const auto row = [&](const char* name, int64_t both, int64_t left, int64_t right) {
    totals.add({{name}, {std::to_string(both)}, {std::to_string(left)}, {std::to_string(right)}});
  };
  row("records", d.records_in_both, d.records_only_left, d.records_only_right);
  row("sessions", d.sessions_in_both, d.sessions_only_left, d.sessions_only_right);
  text += totals.render(style);
  Table table({{"device", Align::kLeft, 0},
               {"only left", Align::kRight, 0},
               {"only right", Align::kRight, 0},
               {"libraries", Align::kLeft, 16}});
  for (const StoreDifference::Group& g : d.groups) {
    table.add({{g.device},
               {std::to_string(g.only_left)},
               {std::to_string(g.only_right)},
               {g.libraries, Ink::kDim}});
  }
  if (!table.empty()) {
    text += '\n';
    text += table.render(style);
  }
  return text + fmt::format("{} measured on both sides with other results; a merge keeps both\n",
                            plural(d.conflicting_keys, "experiment"));
}

std::string nearest_json(const NearestReport& nearest, const Envelope& envelope) {
  Json list = Json::array();
  for (const DeviceNeighbour& n : nearest.neighbours) {
    list.push_back({{"device", detail::to_json(n.device)},
                    {"distance", detail::number(n.distance)},
                    {"sessions", n.sessions}});
  }
  return detail::envelope_text("db", envelope,
                               {{"action", "nearest"},
                                {"device", detail::to_json(nearest.device)},
                                {"neighbours", std::move(list)}});
}

std::string nearest_text(const NearestReport& nearest, const TextStyle& style) {
  if (nearest.neighbours.empty()) return "the store knows no devices\n";
  Table table({{"device", Align::kLeft, 0},
               {"distance", Align::kRight, 0},
               {"processor", Align::kLeft, 16},
               {"isa", Align::kLeft, 0},
               {"cores", Align::kRight, 0},
               {"L2", Align::kRight, 0},
               {"L3", Align::kRight, 0},
               {"sessions", Align::kRight, 0}});
  for (const DeviceNeighbour& n : nearest.neighbours) {
    table.add(
        {{n.device.fingerprint, n.distance == 0 ? Ink::kGood : Ink::kPlain},
         {format_number(n.distance)},
         {n.device.cpu},
         {fmt::format("{}{}", to_string(n.device.isa), n.device.is_virtual ? ", virtual" : "")},
         {std::to_string(n.device.cores)},
         {format_bytes(n.device.l2)},
         {format_bytes(n.device.l3)},
         {std::to_string(n.sessions)}});
  }
  return table.render(style);
}

}  // namespace kernwise
