// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <cmath>
#include <map>

#include "kernwise/base/statistics.h"
#include "kernwise/store/store.h"

namespace kernwise {

bool drifted(double reference_drift) { return std::fabs(reference_drift) > kMaxReferenceDrift; }

namespace {

// Below this, the spread of a median is a guess (median_spread in base/statistics.h): a measurement
// with so few runs is a piece of one, written early so that an interrupt loses nothing.
constexpr std::size_t kFewRuns = 6;

using Group = std::vector<Measurement*>;

bool is_trusted(const Measurement& m) {
  if (m.grade != 'F') return true;
  return m.runs_s.size() < kFewRuns && !drifted(m.reference_drift);
}

// Pieces of one session are one experiment: their runs are judged together.
double session_median(const Group& pieces) {
  std::vector<double> runs;
  std::vector<double> medians;
  for (const Measurement* m : pieces) {
    runs.insert(runs.end(), m->runs_s.begin(), m->runs_s.end());
    medians.push_back(m->median_s);
  }
  return median(runs.empty() || pieces.size() == 1 ? medians : runs);
}

Measurement join(const Group& all) {
  Group used;
  for (Measurement* m : all) {
    if (m->status == MeasurementStatus::kOk && is_trusted(*m)) used.push_back(m);
  }
  const bool trusted = !used.empty();
  if (!trusted) {
    for (Measurement* m : all) {
      if (m->status == MeasurementStatus::kOk) used.push_back(m);
    }
  }
  if (used.empty())
    return std::move(*all.back());  // refused or failed every time: the latest reason
  if (used.size() == 1) return std::move(*used.front());

  std::map<int64_t, Group> sessions;
  std::vector<double> runs;
  double worst_drift = 0;
  for (Measurement* m : used) {
    sessions[m->session].push_back(m);
    runs.insert(runs.end(), m->runs_s.begin(), m->runs_s.end());
    if (std::fabs(m->reference_drift) > std::fabs(worst_drift)) worst_drift = m->reference_drift;
  }
  std::vector<double> medians;
  for (const auto& [session, pieces] : sessions) medians.push_back(session_median(pieces));
  double spread = 0;
  for (const Measurement* m : used) spread = std::max(spread, m->spread);
  if (!runs.empty()) spread = median_spread(runs);

  Measurement joined = std::move(*used.back());
  joined.runs_s = std::move(runs);
  joined.median_s = median(medians);
  joined.spread = spread;
  joined.reference_drift = worst_drift;
  joined.grade = trusted ? grade_of(joined.spread) : 'F';
  return joined;
}

}  // namespace

std::vector<Measurement> combine_repetitions(std::vector<Measurement> measurements) {
  Group sorted;
  sorted.reserve(measurements.size());
  for (Measurement& m : measurements) sorted.push_back(&m);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Measurement* a, const Measurement* b) { return a->key < b->key; });
  std::vector<Measurement> joined;
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto last = std::find_if(first, sorted.end(),
                                   [&](const Measurement* m) { return m->key != (*first)->key; });
    joined.push_back(join(Group(first, last)));
    first = last;
  }
  return joined;
}

Result<std::vector<Measurement>> combined_measurements(const Store& store,
                                                       const MeasurementKey& key,
                                                       std::vector<std::string> problems) {
  KERNWISE_ASSIGN(std::vector<Measurement> rows, store.query({.device = key.device,
                                                              .problems = std::move(problems),
                                                              .threads = key.threads,
                                                              .protocol = key.protocol,
                                                              .libraries = key.libraries}));
  return combine_repetitions(std::move(rows));
}

}  // namespace kernwise
