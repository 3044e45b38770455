// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "compare_rows.h"

#include <cmath>
#include <deque>
#include <map>

namespace kernwise {
namespace {

constexpr double kNoticeable = 0.05;

bool time_changed(const ComparedEntry& a, const ComparedEntry& b, double ratio) {
  if (a.low_s && a.high_s && b.low_s && b.high_s) {
    return *a.high_s < *b.low_s || *b.high_s < *a.low_s;
  }
  return std::fabs(ratio - 1) >= kNoticeable;
}

}  // namespace

std::string_view to_string(ComparedKind kind) {
  switch (kind) {
    case ComparedKind::kPlans: return "plans";
    case ComparedKind::kRuns: return "runs";
    case ComparedKind::kModels: return "models";
    case ComparedKind::kStores: return "stores";
  }
  return "";
}

std::string_view to_string(Change change) {
  switch (change) {
    case Change::kOnlyA: return "only-a";
    case Change::kOnlyB: return "only-b";
    case Change::kPrimitive: return "primitive";
    case Change::kLayout: return "layout";
    case Change::kTime: return "time";
    case Change::kMemory: return "memory";
    case Change::kError: return "error";
    case Change::kStatus: return "status";
  }
  return "";
}

namespace detail {

std::optional<double> if_positive(double value) {
  return value > 0 && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

void judge(ComparedRow& row) {
  row.changes.clear();
  row.time_ratio.reset();
  if (!row.b) row.changes.push_back(Change::kOnlyA);
  if (!row.a) row.changes.push_back(Change::kOnlyB);
  if (!row.a || !row.b) return;
  const ComparedEntry &a = *row.a, &b = *row.b;
  if (a.primitive != b.primitive) row.changes.push_back(Change::kPrimitive);
  if (a.layout != b.layout) row.changes.push_back(Change::kLayout);
  if (a.status != b.status) row.changes.push_back(Change::kStatus);
  if (a.time_s && b.time_s && *a.time_s > 0 && *b.time_s > 0) {
    row.time_ratio = *b.time_s / *a.time_s;
    if (time_changed(a, b, *row.time_ratio)) row.changes.push_back(Change::kTime);
  } else if (a.time_s.value_or(0) != b.time_s.value_or(0)) {
    row.changes.push_back(Change::kTime);  // a view on one side
  }
  if (a.memory != b.memory) row.changes.push_back(Change::kMemory);
  if (a.error != b.error) row.changes.push_back(Change::kError);
}

std::vector<ComparedRow> matched(const std::vector<NamedEntry>& a,
                                 const std::vector<NamedEntry>& b) {
  std::map<std::string, std::deque<std::size_t>> waiting;
  for (std::size_t i = 0; i < b.size(); ++i) waiting[b[i].first].push_back(i);
  std::vector<bool> used(b.size(), false);
  std::vector<ComparedRow> rows;
  for (const auto& [name, entry] : a) {
    ComparedRow row{.name = name, .a = entry, .b = {}, .changes = {}, .time_ratio = {}};
    const auto found = waiting.find(name);
    if (found != waiting.end() && !found->second.empty()) {
      const std::size_t at = found->second.front();
      found->second.pop_front();
      used[at] = true;
      row.b = b[at].second;
    }
    rows.push_back(std::move(row));
  }
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (used[i]) continue;
    rows.push_back(
        {.name = b[i].first, .a = {}, .b = b[i].second, .changes = {}, .time_ratio = {}});
  }
  for (ComparedRow& row : rows) judge(row);
  return rows;
}

}  // namespace detail
}  // namespace kernwise
