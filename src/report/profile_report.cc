// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/profile_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "json.h"
#include "kernwise/base/format.h"
#include "profile_summary.h"
#include "words.h"

namespace kernwise {
namespace detail {

Json to_json(const ProfileSummary& summary) {
  return {{"problems", summary.problems},
          {"candidates", summary.candidates},
          {"refused", summary.refused},
          {"failed", summary.failed},
          {"unmeasured", summary.unmeasured},
          {"runs", summary.runs},
          {"rounds_completed", summary.rounds_completed},
          {"rounds", summary.rounds},
          {"complete", summary.complete},
          {"spent_s", number(summary.spent.value)},
          {"worst_drift_ratio", number(summary.worst_drift)}};
}

}  // namespace detail

namespace {

using detail::Json;

std::string_view to_text(MeasurementStatus status) {
  switch (status) {
    case MeasurementStatus::kOk: return "measured";
    case MeasurementStatus::kRefused: return "refused";
    case MeasurementStatus::kFailed: return "failed";
  }
  return "";
}

Json measurement_json(const Measurement& m) {
  const bool ok = m.status == MeasurementStatus::kOk;
  return {{"primitive", m.key.primitive},
          {"revision", m.key.revision},
          {"status", to_text(m.status)},
          {"reason", detail::text_or_null(m.reason)},
          {"median_s", ok ? detail::number(m.median_s) : Json(nullptr)},
          {"spread_ratio", ok ? detail::number(m.spread) : Json(nullptr)},
          {"grade", ok ? Json(std::string(1, m.grade)) : Json(nullptr)},
          {"runs", m.runs_s.size()},
          {"workspace_bytes", ok ? Json(m.workspace_bytes) : Json(nullptr)},
          {"packed_bytes", ok ? Json(m.packed_bytes) : Json(nullptr)}};
}

std::vector<Cell> problem_row(const ProfiledProblem& problem, const TextStyle& style) {
  std::vector<const Measurement*> ok;
  for (const Measurement& m : problem.measurements) {
    if (m.status == MeasurementStatus::kOk) ok.push_back(&m);
  }
  const std::string name = to_short_string(problem.problem);
  if (ok.empty()) {
    return {{name},
            {problem.measurements.empty() ? "unmeasured" : "none admissible", Ink::kWarning}};
  }
  const Measurement& best = *ok.front();
  std::vector<Cell> row = {{name},
                           {best.key.primitive, Ink::kGood},
                           {format_seconds({best.median_s})},
                           {detail::spread_text(best.spread, style)},
                           {std::string(1, best.grade), detail::ink_of_grade(best.grade)},
                           {std::to_string(ok.size())}};
  if (ok.size() > 1) {
    row.push_back({ok[1]->key.primitive, Ink::kDim});
    row.push_back({detail::signed_percent(ok[1]->median_s / best.median_s - 1)});
  }
  return row;
}

}  // namespace

std::string profile_json(const ProfileOutcome& outcome, const Envelope& envelope) {
  Json problems = Json::array();
  for (const ProfiledProblem& problem : outcome.problems) {
    Json measurements = Json::array();
    for (const Measurement& m : problem.measurements) measurements.push_back(measurement_json(m));
    problems.push_back(
        {{"problem", to_string(problem.problem)}, {"measurements", std::move(measurements)}});
  }
  return detail::envelope_text("profile", envelope,
                               {{"store", outcome.store},
                                {"summary", detail::to_json(outcome.summary)},
                                {"problems", std::move(problems)}});
}

std::string profile_text(const ProfileOutcome& outcome, bool all, const TextStyle& style) {
  const auto is_transform = [](const ProfiledProblem& p) {
    return p.problem.kind() == ProblemKind::kTransform;
  };
  const bool only_transforms = std::ranges::all_of(outcome.problems, is_transform);
  Table table({{"problem", Align::kLeft, 24},
               {"fastest", Align::kLeft, 0},
               {"time", Align::kRight, 0},
               {"", Align::kRight, 0},
               {"grade", Align::kLeft, 0},
               {"measured", Align::kRight, 0},
               {"runner-up", Align::kLeft, 12},
               {"", Align::kRight, 0}});
  int left_out = 0;
  for (const ProfiledProblem& problem : outcome.problems) {
    if (is_transform(problem) && !all && !only_transforms) {
      ++left_out;
    } else {
      table.add(problem_row(problem, style));
    }
  }
  const ProfileSummary& s = outcome.summary;
  std::string text = table.render(style);
  text += '\n';
  if (left_out > 0) {
    text +=
        fmt::format("{} not shown (-v shows them)\n", detail::plural(left_out, "layout transform"));
  }
  text += fmt::format("{} of {} for {} in {}; {} refused, {} failed, {} without a run\n",
                      detail::plural(s.runs, "new run"), detail::plural(s.candidates, "candidate"),
                      detail::plural(s.problems, "problem"), format_seconds(s.spent), s.refused,
                      s.failed, s.unmeasured);
  text += s.complete ? std::string("complete: every candidate that matters has all its runs\n")
                     : fmt::format("{} of {} rounds completed\n", s.rounds_completed, s.rounds);
  text += fmt::format("store {}\n", printable(outcome.store, style));
  return text;
}

}  // namespace kernwise
