// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <cmath>
#include <map>

#include "kernwise/base/statistics.h"
#include "kernwise/store/store.h"

namespace kernwise {
namespace {

// Below this, the spread of a median is a guess (median_spread in base/statistics.h): a measurement
// with so few runs is a piece of one, written early so that an interrupt loses nothing.
constexpr std::size_t kFewRuns = 6;

using Group = std::vector<const Measurement*>;

bool is_trusted(const Measurement& m) {
  if (m.grade != 'F') return true;
  return m.runs_s.size() < kFewRuns && std::fabs(m.reference_drift) <= kMaxReferenceDrift;
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
  for (const Measurement* m : all) {
    if (m->status == MeasurementStatus::kOk && is_trusted(*m)) used.push_back(m);
  }
  const bool trusted = !used.empty();
  if (!trusted) {
    for (const Measurement* m : all) {
      if (m->status == MeasurementStatus::kOk) used.push_back(m);
    }
  }
  if (used.empty()) return *all.back();  // refused or failed every time: the latest reason
  if (used.size() == 1) return *used.front();

  Measurement joined = *used.back();
  joined.runs_s.clear();
  std::map<int64_t, Group> sessions;
  for (const Measurement* m : used) {
    sessions[m->session].push_back(m);
    joined.runs_s.insert(joined.runs_s.end(), m->runs_s.begin(), m->runs_s.end());
    if (std::fabs(m->reference_drift) > std::fabs(joined.reference_drift)) {
      joined.reference_drift = m->reference_drift;
    }
  }
  std::vector<double> medians;
  for (const auto& [session, pieces] : sessions) medians.push_back(session_median(pieces));
  joined.median_s = median(medians);
  joined.spread = 0;
  if (joined.runs_s.empty()) {
    for (const Measurement* m : used) joined.spread = std::max(joined.spread, m->spread);
  } else {
    joined.spread = median_spread(joined.runs_s);
  }
  joined.grade = trusted ? grade_of(joined.spread) : 'F';
  return joined;
}

}  // namespace

std::vector<Measurement> combine_repetitions(std::vector<Measurement> measurements) {
  std::map<MeasurementKey, Group> groups;
  for (const Measurement& m : measurements) groups[m.key].push_back(&m);
  std::vector<Measurement> joined;
  joined.reserve(groups.size());
  for (const auto& [key, group] : groups) joined.push_back(join(group));
  return joined;
}

}  // namespace kernwise
