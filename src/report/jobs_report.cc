// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include "json.h"
#include "kernwise/report/store_report.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;
using detail::plural;

Json to_json(const JobCounts& counts) {
  Json json;
  for (int i = 0; i < kJobStates; ++i) {
    const auto state = static_cast<JobState>(i);
    json[std::string(to_string(state))] = counts.at(state);
  }
  json["results_accepted"] = counts.accepted;
  json["results_late"] = counts.late;
  json["results_failed"] = counts.failed;
  return json;
}

std::string counts_line(const JobCounts& counts) {
  std::string line;
  for (int i = 0; i < kJobStates; ++i) {
    const auto state = static_cast<JobState>(i);
    line += fmt::format("{}{} {}", line.empty() ? "" : ", ", counts.at(state), to_string(state));
  }
  return line + fmt::format("; results: {} accepted, {} late, {} failed\n", counts.accepted,
                            counts.late, counts.failed);
}

Ink ink_of(JobState state) {
  switch (state) {
    case JobState::kDone: return Ink::kGood;
    case JobState::kFailed: return Ink::kBad;
    case JobState::kCancelled: return Ink::kDim;
    default: return Ink::kPlain;
  }
}

std::string class_of(const JobClass& needs) {
  std::string text = !needs.device.empty() ? needs.device : !needs.isa.empty() ? needs.isa : "any";
  return text + fmt::format(", {}", plural(needs.threads, "thread"));
}

}  // namespace

std::string jobs_changed_json(const std::string& action, int64_t jobs, const JobCounts& counts,
                              const Envelope& envelope) {
  return detail::envelope_text("jobs", envelope,
                               {{"action", action}, {"jobs", jobs}, {"counts", to_json(counts)}});
}

std::string jobs_changed_text(const std::string& action, int64_t jobs, const JobCounts& counts) {
  const char* done = action == "add" ? "added" : action == "retry" ? "waiting again" : "cancelled";
  return fmt::format("{} {}\n", plural(jobs, "job"), done) + counts_line(counts);
}

std::string jobs_json(const std::vector<JobInfo>& jobs, const JobCounts& counts,
                      const Envelope& envelope) {
  Json list = Json::array();
  for (const JobInfo& job : jobs) {
    list.push_back({{"id", job.id},
                    {"state", to_string(job.state)},
                    {"device", detail::text_or_null(job.needs.device)},
                    {"isa", detail::text_or_null(job.needs.isa)},
                    {"threads", job.needs.threads},
                    {"protocol", job.needs.protocol},
                    {"problems", job.work.problems},
                    {"primitives", job.work.primitives},
                    {"budget_s", detail::number(job.work.budget.value)},
                    {"every_candidate", job.work.every_candidate},
                    {"seed", job.work.seed},
                    {"attempts", job.attempts},
                    {"most_attempts", job.most_attempts},
                    {"worker", detail::text_or_null(job.worker)},
                    {"reason", detail::text_or_null(job.reason)},
                    {"records", job.records},
                    {"rejected_results", job.rejected}});
  }
  return detail::envelope_text(
      "jobs", envelope,
      {{"action", "list"}, {"counts", to_json(counts)}, {"jobs", std::move(list)}});
}

std::string jobs_text(const std::vector<JobInfo>& jobs, const JobCounts& counts,
                      const TextStyle& style) {
  Table table({{"job", Align::kRight, 0},
               {"state", Align::kLeft, 0},
               {"for", Align::kLeft, 0},
               {"problems", Align::kRight, 0},
               {"attempts", Align::kRight, 0},
               {"records", Align::kRight, 0},
               {"worker", Align::kLeft, 8},
               {"reason", Align::kLeft, 16}});
  for (const JobInfo& job : jobs) {
    table.add({{std::to_string(job.id)},
               {std::string(to_string(job.state)), ink_of(job.state)},
               {class_of(job.needs)},
               {std::to_string(job.work.problems.size())},
               {fmt::format("{}/{}", job.attempts, job.most_attempts)},
               {std::to_string(job.records)},
               {job.worker, Ink::kDim},
               {job.reason}});
  }
  return (table.empty() ? std::string() : table.render(style)) + counts_line(counts);
}

std::string worker_json(const WorkerOutcome& outcome, const Envelope& envelope) {
  return detail::envelope_text("worker", envelope,
                               {{"worker", outcome.name},
                                {"accepted", outcome.accepted},
                                {"late", outcome.late},
                                {"failed", outcome.failed},
                                {"records", outcome.records},
                                {"stopped", outcome.stopped}});
}

std::string worker_text(const WorkerOutcome& outcome, const TextStyle& style) {
  return fmt::format("worker {}: {} done with {}, {} late, {} failed{}\n",
                     printable(outcome.name, style), plural(outcome.accepted, "job"),
                     plural(outcome.records, "record"), outcome.late, outcome.failed,
                     outcome.stopped ? "; stopped" : "");
}

}  // namespace kernwise
