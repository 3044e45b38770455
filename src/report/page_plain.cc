// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Documents without charts of their own: everything that they hold, as facts and tables.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernwise/base/format.h"
#include "page_parts.h"

namespace kernwise::detail {
namespace {

std::string words_of(std::string key) {
  std::ranges::replace(key, '_', ' ');
  return key;
}

// The key says the unit.
std::string cell(const std::string& key, const Json& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number()) {
    const double number = value.get<double>();
    if (key.ends_with("_s") && number >= 0) return format_seconds({number});
    if (key.ends_with("_bytes") && value.is_number_integer() && number >= 0) {
      return format_bytes({static_cast<int64_t>(number)});
    }
    if (value.is_number_integer()) return value.dump();
    return fmt::format("{:.6g}", number);
  }
  return value.dump();  // a list of values
}

bool is_table(const Json& value) {
  return value.is_array() && !value.empty() &&
         std::ranges::all_of(value, [](const Json& entry) { return entry.is_object(); });
}

// Objects in objects become columns with both names.
void flatten(const Json& object, const std::string& prefix,
             std::vector<std::pair<std::string, Json>>& to) {
  for (const auto& [key, value] : object.items()) {
    const std::string name = prefix.empty() ? key : prefix + "." + key;
    if (value.is_object()) {
      flatten(value, name, to);
    } else {
      to.emplace_back(name, value);
    }
  }
}

PageTable table_of(const Json& list) {
  PageTable table;
  std::vector<std::vector<std::pair<std::string, Json>>> entries;
  std::vector<std::string> keys;
  for (const Json& object : list) {
    entries.emplace_back();
    flatten(object, "", entries.back());
    for (const auto& [key, value] : entries.back()) {
      if (std::ranges::find(keys, key) == keys.end()) {
        keys.push_back(key);
        table.columns.push_back(words_of(key));
        table.numeric.push_back(value.is_number());
      }
    }
  }
  for (const auto& entry : entries) {
    std::vector<std::string> row(keys.size());
    for (const auto& [key, value] : entry) {
      const auto at = std::ranges::find(keys, key) - keys.begin();
      row[static_cast<std::size_t>(at)] = cell(key, value);
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

void add(const std::string& name, const Json& value, PageSection& section) {
  for (const auto& [key, inner] : value.items()) {
    const std::string full = name.empty() ? key : name + "." + key;
    if (inner.is_object()) {
      add(full, inner, section);
    } else if (is_table(inner)) {
      section.figures.push_back({words_of(full), "", {}, table_of(inner)});
    } else {
      section.facts.emplace_back(words_of(full), cell(key, inner));
    }
  }
}

}  // namespace

void plain_section(const Document& document, PageSection& section, std::string& mistake) {
  if (!document.body().is_object()) {
    mistake = "the result is no object";
    return;
  }
  section.title = "Result of " + document.name;
  add("", document.body(), section);
}

void profile_section(const Document& document, PageSection& section, std::string& mistake) {
  const Fields result(document.body(), "result", mistake);
  section.title = "Measurements";
  if (!result.has("problems")) return plain_section(document, section, mistake);  // --training
  const Fields summary = result.object("summary");
  section.facts = {{"store", result.text("store")},
                   {"problems", std::to_string(summary.count("problems"))},
                   {"candidates", std::to_string(summary.count("candidates"))},
                   {"refused", std::to_string(summary.count("refused"))},
                   {"failed", std::to_string(summary.count("failed"))},
                   {"left unmeasured", std::to_string(summary.count("unmeasured"))},
                   {"took", seconds_cell(summary.number("spent_s"))}};
  PageTable all{{"problem", "primitive", "status", "median", "spread", "grade", "runs", "workspace",
                 "packed", "reason"},
                {false, false, false, true, true, false, true, true, true, false},
                {}};
  std::vector<StepBar> fastest;
  for (const Fields& problem : result.list("problems")) {
    StepBar best;
    best.name = problem.name("problem");
    for (const Fields& m : problem.list("measurements")) {
      const auto median = m.number("median_s");
      const auto spread = m.number("spread_ratio");
      const auto grade = m.text("grade");
      all.rows.push_back({best.name, m.text("primitive"), m.text("status"), seconds_cell(median),
                          spread ? format_percent(*spread) : "", grade,
                          std::to_string(m.count("runs")), bytes_cell(m.count("workspace_bytes")),
                          bytes_cell(m.count("packed_bytes")), m.text("reason")});
      if (!median || *median <= 0 || grade == "F") continue;
      if (best.primitive.empty() || *median < best.time_s) {
        best.primitive = m.text("primitive");
        best.time_s = *median;
      }
    }
    if (!best.primitive.empty()) fastest.push_back(std::move(best));
  }
  PageTable winners{{"problem", "primitive", "median"}, {false, false, true}, {}};
  for (const StepBar& bar : fastest) {
    winners.rows.push_back({bar.name, bar.primitive, format_seconds({bar.time_s})});
  }
  section.figures.push_back(by_step("Fastest primitive of each problem",
                                    "Coloured by primitive; grade F is left out.", fastest,
                                    std::move(winners)));
  section.figures.push_back({"All measurements", "", {}, std::move(all)});
}

}  // namespace kernwise::detail
