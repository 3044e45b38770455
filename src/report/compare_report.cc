// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/compare_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

Json number_or_null(const std::optional<double>& value) {
  return value ? detail::number(*value) : Json(nullptr);
}

const char* suffix_of(ComparedUnit unit) {
  switch (unit) {
    case ComparedUnit::kSeconds: return "_s";
    case ComparedUnit::kBytes: return "_bytes";
    case ComparedUnit::kRatio: return "_ratio";
    case ComparedUnit::kCount: return "";
  }
  return "";
}

std::optional<double> ratio_of(const ComparedTotal& total) {
  if (!total.a || !total.b || *total.a <= 0 || *total.b <= 0) return {};
  return *total.b / *total.a;
}

Json total_json(const ComparedTotal& total) {
  const auto value = [&](const std::optional<double>& side) {
    const bool whole = total.unit == ComparedUnit::kBytes || total.unit == ComparedUnit::kCount;
    return side && whole ? Json(static_cast<int64_t>(*side)) : number_or_null(side);
  };
  const std::string suffix = suffix_of(total.unit);
  return {{"total", total.name},
          {"a" + suffix, value(total.a)},
          {"b" + suffix, value(total.b)},
          {"b_over_a_ratio", number_or_null(ratio_of(total))}};
}

Json entry_json(const std::optional<ComparedEntry>& entry) {
  if (!entry) return nullptr;
  return {{"primitive", detail::text_or_null(entry->primitive)},
          {"layout", detail::text_or_null(entry->layout)},
          {"status", detail::text_or_null(entry->status)},
          {"time_s", number_or_null(entry->time_s)},
          {"low_s", number_or_null(entry->low_s)},
          {"high_s", number_or_null(entry->high_s)},
          {"memory_bytes", entry->memory ? Json(entry->memory->value) : Json(nullptr)},
          {"median_error_ratio", number_or_null(entry->error)}};
}

std::string amount(const std::optional<double>& value, ComparedUnit unit) {
  if (!value) return "not known";
  switch (unit) {
    case ComparedUnit::kSeconds: return format_seconds({*value});
    case ComparedUnit::kBytes: return format_bytes({static_cast<int64_t>(*value)});
    case ComparedUnit::kRatio:
      return std::fabs(*value) < 1e-3 && *value != 0 ? fmt::format("{:.2g}", *value)
                                                     : format_percent(*value);
    case ComparedUnit::kCount: return fmt::format("{:.0f}", *value);
  }
  return "";
}

// "winograd-f4x3-nhwc > direct-nchw16c", or the one that both have.
std::string both(const std::string& a, const std::string& b, const TextStyle& style) {
  if (a == b) return a;
  return fmt::format("{} {} {}", a.empty() ? "none" : a, arrow(style), b.empty() ? "none" : b);
}

std::string facts_text(const Comparison& comparison, const TextStyle& style) {
  Table table({{"differs", Align::kLeft, 0}, {"A", Align::kLeft, 16}, {"B", Align::kLeft, 16}});
  for (const ComparedFact& fact : comparison.facts) {
    if (!fact.same()) {
      table.add(
          {{fact.name}, {fact.a.empty() ? "none" : fact.a}, {fact.b.empty() ? "none" : fact.b}});
    }
  }
  if (table.empty()) return "";
  return table.render(style) + "\n";
}

std::string totals_text(const Comparison& comparison, const TextStyle& style) {
  Table table({{"total", Align::kLeft, 0},
               {"A", Align::kRight, 0},
               {"B", Align::kRight, 0},
               {"difference", Align::kRight, 0}});
  for (const ComparedTotal& total : comparison.totals) {
    if (!total.a && !total.b) continue;
    const auto ratio = ratio_of(total);
    std::string words = total.name;
    std::ranges::replace(words, '_', ' ');
    table.add({{words},
               {amount(total.a, total.unit)},
               {amount(total.b, total.unit)},
               {ratio && *ratio != 1 ? detail::signed_percent(*ratio - 1) : ""}});
  }
  return table.render(style);
}

std::string what_changed(const ComparedRow& row) {
  std::string text;
  for (const Change change : row.changes) {
    text += (text.empty() ? "" : ", ") + std::string(to_string(change));
  }
  return text;
}

Ink ink_of(const ComparedRow& row) {
  const bool timed = std::ranges::find(row.changes, Change::kTime) != row.changes.end();
  if (row.changes.empty()) return Ink::kDim;
  if (!timed || !row.time_ratio) return Ink::kPlain;
  return *row.time_ratio > 1 ? Ink::kBad : Ink::kGood;
}

Table row_table(const Comparison& comparison, bool all, const TextStyle& style) {
  const bool stores = comparison.kind == ComparedKind::kStores;
  Table table({{stores ? "problem" : "row", Align::kLeft, 14},
               {"primitive", Align::kLeft, 0},
               {"layout", Align::kLeft, 0},
               {"A", Align::kRight, 0},
               {"B", Align::kRight, 0},
               {"difference", Align::kRight, 0},
               {"memory A", Align::kRight, 0},
               {"memory B", Align::kRight, 0},
               {"changed", Align::kLeft, 0}});
  for (const ComparedRow& row : comparison.rows) {
    if (row.changes.empty() && !all) continue;
    const ComparedEntry none;
    const ComparedEntry &a = row.a ? *row.a : none, &b = row.b ? *row.b : none;
    const auto side = [&](const ComparedEntry& e) {
      if (e.error) return format_percent(*e.error);
      if (e.time_s) return format_seconds({*e.time_s});
      return e.status;
    };
    const auto memory = [&](const ComparedEntry& e) {
      return e.memory && a.memory != b.memory ? format_bytes(*e.memory) : std::string();
    };
    const bool paired = row.a && row.b;
    table.add(
        {{stores ? detail::short_problem(row.name) : row.name},
         {paired ? both(a.primitive, b.primitive, style) : a.primitive + b.primitive},
         {paired ? both(a.layout, b.layout, style) : a.layout + b.layout},
         {side(a)},
         {side(b)},
         {row.time_ratio && *row.time_ratio != 1 ? detail::signed_percent(*row.time_ratio - 1) : "",
          ink_of(row)},
         {memory(a)},
         {memory(b)},
         {what_changed(row), row.changes.empty() ? Ink::kDim : Ink::kPlain}});
  }
  return table;
}

std::string slowdown_text(const CompareReport& report, const TextStyle& style) {
  const Comparison& comparison = report.comparison;
  if (!comparison.slowdown)
    return fmt::format("no slowdown to state: {}\n", comparison.slowdown_of);
  const auto& s = *comparison.slowdown;
  std::string text = fmt::format("B takes {} of the time of A", format_percent(s.ratio));
  if (s.low < s.high) {
    text += fmt::format(" ({} to {}{})", format_percent(s.low), format_percent(s.high),
                        s.low <= 1 && s.high >= 1 ? ": within the spread of the runs" : "");
  }
  text += fmt::format(", by the {}\n", comparison.slowdown_of);
  if (!report.fail_if_slower) return text;
  return text + fmt::format("{}: at most {} slower was asked for\n",
                            report.passed() ? paint("passed", Ink::kGood, style)
                                            : paint("FAILED", Ink::kBad, style),
                            format_percent(*report.fail_if_slower));
}

}  // namespace

std::string compare_json(const CompareReport& report, const Envelope& envelope) {
  const Comparison& comparison = report.comparison;
  Json facts = Json::array(), totals = Json::array(), rows = Json::array();
  for (const ComparedFact& fact : comparison.facts) {
    facts.push_back({{"fact", fact.name},
                     {"a", detail::text_or_null(fact.a)},
                     {"b", detail::text_or_null(fact.b)},
                     {"same", fact.same()}});
  }
  for (const ComparedTotal& total : comparison.totals) totals.push_back(total_json(total));
  for (const ComparedRow& row : comparison.rows) {
    Json changes = Json::array();
    for (const Change change : row.changes) changes.push_back(to_string(change));
    rows.push_back({{"name", row.name},
                    {"changes", std::move(changes)},
                    {"b_over_a_ratio", number_or_null(row.time_ratio)},
                    {"a", entry_json(row.a)},
                    {"b", entry_json(row.b)}});
  }
  Json slowdown = nullptr;
  if (comparison.slowdown) {
    slowdown = {{"b_over_a_ratio", detail::number(comparison.slowdown->ratio)},
                {"low_ratio", detail::number(comparison.slowdown->low)},
                {"high_ratio", detail::number(comparison.slowdown->high)}};
  }
  return detail::envelope_text("compare", envelope,
                               {{"kind", to_string(comparison.kind)},
                                {"a", report.a},
                                {"b", report.b},
                                {"facts", std::move(facts)},
                                {"totals", std::move(totals)},
                                {"slowdown", std::move(slowdown)},
                                {"slowdown_of", comparison.slowdown_of},
                                {"fail_if_slower_ratio", number_or_null(report.fail_if_slower)},
                                {"passed", report.passed()},
                                {"rows", std::move(rows)}});
}

std::string compare_text(const CompareReport& report, bool all, const TextStyle& style) {
  const Comparison& comparison = report.comparison;
  std::string text =
      fmt::format("A  {}\nB  {}\n\n", printable(report.a, style), printable(report.b, style));
  text += facts_text(comparison, style);
  text += totals_text(comparison, style);
  const Table rows = row_table(comparison, all, style);
  if (!rows.empty()) {
    text += '\n';
    text += rows.render(style);
  }
  const auto same = std::ranges::count_if(comparison.rows,
                                          [](const ComparedRow& r) { return r.changes.empty(); });
  text += fmt::format("\n{} of {} the same\n", same,
                      detail::plural(static_cast<int64_t>(comparison.rows.size()), "row"));
  return text + slowdown_text(report, style);
}

}  // namespace kernwise
