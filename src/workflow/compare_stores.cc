// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <set>

#include "compare_rows.h"

namespace kernwise {
namespace {

// What makes two measurements the same experiment over versions of everything else.
struct ExperimentKey {
  std::string device;  // empty where each store has one device only
  int threads = 1;
  std::string protocol, metric, problem, primitive;
  friend auto operator<=>(const ExperimentKey&, const ExperimentKey&) = default;
};

struct Side {
  std::set<std::string> devices, libraries, protocols;
  std::map<ExperimentKey, ComparedEntry> entries;
};

std::string_view status_of(MeasurementStatus status) {
  switch (status) {
    case MeasurementStatus::kOk: return "measured";
    case MeasurementStatus::kRefused: return "refused";
    case MeasurementStatus::kFailed: return "failed";
  }
  return "";
}

ComparedEntry entry_of(const Measurement& m) {
  ComparedEntry entry;
  entry.primitive = m.key.primitive;
  entry.status = status_of(m.status);
  if (m.status == MeasurementStatus::kOk && m.median_s > 0) {
    entry.time_s = m.median_s;
    if (m.runs_s.size() > 1) {
      entry.low_s = m.median_s * (1 - m.spread);
      entry.high_s = m.median_s * (1 + m.spread);
    }
    entry.memory = Bytes{m.workspace_bytes + m.packed_bytes};
  }
  return entry;
}

Side side_of(const std::vector<Measurement>& measurements, bool by_device) {
  Side side;
  // Sorted by key: of several revisions or versions of libraries the last one stands.
  for (const Measurement& m : measurements) {
    side.devices.insert(m.key.device);
    side.libraries.insert(m.key.libraries);
    side.protocols.insert(m.key.protocol);
    side.entries[{by_device ? m.key.device : "", m.key.threads, m.key.protocol, m.key.metric,
                  m.key.problem, m.key.primitive}] = entry_of(m);
  }
  return side;
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::size_t devices_of(const std::vector<Measurement>& measurements) {
  std::set<std::string> devices;
  for (const Measurement& m : measurements) devices.insert(m.key.device);
  return devices.size();
}

std::string name_of(const ExperimentKey& key, bool threads, bool protocol) {
  std::string name = key.problem;
  if (!key.device.empty()) name += " on " + key.device;
  if (threads) name += fmt::format(", {} threads", key.threads);
  if (protocol) name += ", " + key.protocol;
  return name;
}

}  // namespace

Result<Comparison> compare_stores(const Store& a, const Store& b) {
  KERNWISE_ASSIGN(std::vector<Measurement> rows_a, a.query({}));
  KERNWISE_ASSIGN(std::vector<Measurement> rows_b, b.query({}));
  rows_a = combine_repetitions(std::move(rows_a));
  rows_b = combine_repetitions(std::move(rows_b));
  const bool by_device = devices_of(rows_a) > 1 || devices_of(rows_b) > 1;
  const Side left = side_of(rows_a, by_device);
  const Side right = side_of(rows_b, by_device);

  std::set<int> threads;
  std::set<std::string> protocols;
  double only_a = 0, logs = 0, timed = 0, sum_a = 0, sum_b = 0;
  for (const auto& [key, entry] : left.entries) {
    if (!right.entries.contains(key)) ++only_a;
    threads.insert(key.threads);
    protocols.insert(key.protocol);
  }
  Comparison out;
  out.kind = ComparedKind::kStores;
  for (const auto& [key, entry] : left.entries) {
    const auto other = right.entries.find(key);
    if (other == right.entries.end()) continue;
    ComparedRow row{.name = name_of(key, threads.size() > 1, protocols.size() > 1),
                    .a = entry,
                    .b = other->second,
                    .changes = {},
                    .time_ratio = {}};
    detail::judge(row);
    if (row.time_ratio) {
      ++timed;
      logs += std::log(*row.time_ratio);
      sum_a += *entry.time_s;
      sum_b += *other->second.time_s;
    }
    out.rows.push_back(std::move(row));
  }
  if (out.rows.empty()) {
    return invalid_input("the stores have no experiment in common",
                         by_device ? "they hold several devices, and none of them is in both; "
                                     "'kernwise db export --device' takes one out"
                                   : "'kernwise db stat' says what a store holds");
  }
  out.facts = {{"devices", joined(left.devices), joined(right.devices)},
               {"libraries", joined(left.libraries), joined(right.libraries)},
               {"protocols", joined(left.protocols), joined(right.protocols)}};
  const double both = static_cast<double>(out.rows.size());
  out.totals = {{"experiments_in_both", ComparedUnit::kCount, both, both},
                {"experiments_only_here", ComparedUnit::kCount, only_a,
                 static_cast<double>(right.entries.size()) - both},
                {"timed_in_both", ComparedUnit::kCount, timed, timed},
                {"sum_of_medians_timed_in_both", ComparedUnit::kSeconds, sum_a, sum_b}};
  if (timed > 0) {
    const double ratio = std::exp(logs / timed);
    out.slowdown = Comparison::Slowdown{ratio, ratio, ratio};
    out.slowdown_of = "geometric mean over the experiments timed in both";
  } else {
    out.slowdown_of = "no experiment was timed in both";
  }
  return out;
}

}  // namespace kernwise
