// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <charconv>

#include "commands.h"
#include "kernwise/report/store_report.h"
#include "kernwise/workflow/worker.h"
#include "model_flags.h"
#include "suggest.h"

namespace kernwise::cli {
namespace {

const std::vector<std::string> kActions = {"add", "list", "retry", "cancel"};
constexpr Seconds kPatience{5};

class Jobs final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "jobs", "add|list|retry|cancel [PROBLEM...|JOB...]",
        "hand out measuring to the machines of a shared store",
        "kernwise jobs add --network resnet50.onnx --store postgresql://host/measurements\n"
        "kernwise jobs list --state failed --store postgresql://host/measurements\n"
        "kernwise jobs retry --store postgresql://host/measurements",
        "Every machine that runs 'kernwise worker' with this --store takes jobs, one at a\n"
        "time, and only those that it can do (docs/shared_stores.md).\n"
        "add [PROBLEM...]  measure these problems, and those of --network, in --per-job pieces\n"
        "list              what became of them\n"
        "retry [JOB...]    failed or cancelled jobs once more (all failed ones)\n"
        "cancel JOB...     jobs that wait or are worked on"};
  }

  void declare(Arguments& arguments) override {
    arguments.positionals("ACTION", words_, "add, list, retry or cancel");
    arguments.texts("--network", networks_, "FILE", Repeat::kList, "add: every problem of these");
    arguments.text("--for-device", request_.needs.device, "FINGERPRINT",
                   "add: for this device only (any)");
    arguments.choice("--for-isa", request_.needs.isa, {"sse4.1", "avx2", "avx512"},
                     "add: for devices that use this (any)");
    arguments.texts("--primitives", request_.work.primitives, "ID", Repeat::kCommaOrTwice,
                    "add: measure only these");
    arguments.duration("--budget", request_.work.budget, "add: time for each job (2m)");
    arguments.flag("--every-candidate", request_.work.every_candidate,
                   "add: cut none: five runs of each, for training models");
    arguments.flag("--warm-weights", request_.warm_weights,
                   "add: keep weights in the caches while measuring");
    arguments.integer("--per-job", per_job_, 1, 100000, "add: so many problems a job (4)");
    arguments.integer("--attempts", attempts_, 1, 1000, "add: before a job has failed (5)");
    declare_model_flags(arguments, request_.onnx);
    arguments.choice("--state", state_, {"waiting", "leased", "done", "failed", "cancelled"},
                     "list: only these");
    arguments.integer("--most", most_, 0, 1000000, "list: so many jobs (50)");
    arguments.path("-o,--output", output_, "FILE", "write the result there");
  }

  Result<int> run(Session& session) override {
    const std::string action = words_.empty() ? "" : words_.front();
    if (std::ranges::find(kActions, action) == kActions.end()) {
      const std::string meant = nearest(action, kActions);
      return invalid_input(action.empty() ? std::string("'jobs' needs to know what to do")
                                          : "'jobs' cannot '" + action + "'",
                           meant.empty() ? std::string("add, list, retry or cancel")
                                         : "did you mean 'kernwise jobs " + meant + "'?");
    }
    rest_.assign(words_.begin() + 1, words_.end());
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    std::vector<NewJob> jobs;
    if (action == "add") {
      KERNWISE_ASSIGN(jobs, wanted(session));
    }
    std::vector<int64_t> numbers;
    if (action == "retry" || action == "cancel") {
      KERNWISE_ASSIGN(numbers, job_numbers());
    }
    if (action == "cancel" && numbers.empty()) {
      return invalid_input("'jobs cancel' needs the jobs", "'kernwise jobs list' numbers them");
    }
    KERNWISE_ASSIGN(const auto queue,
                    open_jobs(session.store().string(), kPatience, &session.stop()));
    if (action == "list") return list(session, *queue);
    int64_t changed = 0;
    if (action == "add") {
      KERNWISE_ASSIGN(const auto ids, queue->add(jobs));
      changed = static_cast<int64_t>(ids.size());
    } else {
      KERNWISE_ASSIGN(changed, action == "retry" ? queue->retry(numbers) : queue->cancel(numbers));
    }
    KERNWISE_ASSIGN(const JobCounts counts, queue->count());
    KERNWISE_TRY(session.deliver(
        session.json() ? jobs_changed_json(action, changed, counts, session.envelope(options()))
                       : jobs_changed_text(action, changed, counts)));
    return 0;
  }

 private:
  Result<std::vector<NewJob>> wanted(Session& session) {
    request_.networks.assign(networks_.begin(), networks_.end());
    for (const std::string& text : rest_) {
      auto problem = parse_problem(text);
      if (!problem.ok()) return std::move(problem).error();
      request_.problems.push_back(std::move(problem).value());
    }
    request_.needs.threads = session.threads();
    request_.work.seed = session.seed();
    request_.per_job = static_cast<int>(per_job_);
    request_.most_attempts = static_cast<int>(attempts_);
    return jobs_for(request_);
  }

  Result<std::vector<int64_t>> job_numbers() const {
    std::vector<int64_t> numbers;
    for (const std::string& text : rest_) {
      int64_t number = 0;
      const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (code != std::errc() || end != text.data() + text.size() || number <= 0) {
        return invalid_input("'" + text + "' is no number of a job",
                             "'kernwise jobs list' numbers them");
      }
      numbers.push_back(number);
    }
    return numbers;
  }

  Result<int> list(Session& session, JobQueue& queue) {
    const auto state = state_.empty() ? std::nullopt : parse_job_state(state_);
    KERNWISE_ASSIGN(const std::vector<JobInfo> jobs, queue.list(state, most_));
    KERNWISE_ASSIGN(const JobCounts counts, queue.count());
    KERNWISE_TRY(session.deliver(session.json()
                                     ? jobs_json(jobs, counts, session.envelope(options()))
                                     : jobs_text(jobs, counts, session.style())));
    return 0;
  }

  std::vector<ReportOption> options() const {
    std::vector<ReportOption> list = {{"words", words_},
                                      {"networks", networks_},
                                      {"for_device", request_.needs.device},
                                      {"for_isa", request_.needs.isa},
                                      {"primitives", request_.work.primitives},
                                      {"budget_s", request_.work.budget.value},
                                      {"every_candidate", request_.work.every_candidate},
                                      {"warm_weights", request_.warm_weights},
                                      {"per_job", per_job_},
                                      {"attempts", attempts_},
                                      {"state", state_},
                                      {"most", most_}};
    list_model_options(request_.onnx, list);
    return list;
  }

  std::vector<std::string> words_, rest_, networks_;
  JobsRequest request_;
  int64_t per_job_ = 4, attempts_ = 5, most_ = 50;
  std::string state_;
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_jobs() { return std::make_unique<Jobs>(); }

}  // namespace kernwise::cli
