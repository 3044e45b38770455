// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/worker.h"
#include "commands.h"
#include "kernwise/report/store_report.h"

namespace kernwise::cli {
namespace {

class Worker final : public Command {
 public:
  CommandHelp help() const override {
    return {"worker", "--store postgresql://... [--until-empty]",
            "measure the jobs of a shared store that this machine can do",
            "kernwise worker --store postgresql://host/measurements",
            "One worker a machine: two would disturb each other's measurements. It takes jobs for\n"
            "--threads threads, and with --isa those of that virtual device. Killed, it loses the\n"
            "job in its hands, which goes to another one when the lease ends; told to stop\n"
            "(Ctrl-C, SIGTERM), it gives the job back at once."};
  }

  void declare(Arguments& arguments) override {
    arguments.flag("--until-empty", options_.until_empty,
                   "end when no job is left that this machine could do");
    arguments.integer("--most", options_.most_jobs, 0, 1000000000, "end after so many jobs");
    arguments.text("--name", options_.name, "NAME", "what the store calls it (host:process)");
    arguments.duration("--lease", options_.lease,
                       "without a sign of life for so long, its job goes to another (1m)");
    arguments.duration("--poll", options_.poll, "between two looks for work (2s)");
    arguments.duration("--patience", options_.patience, "how long the server may be away (10m)");
    arguments.path("-o,--output", output_, "FILE", "write the result there");
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    if (options_.lease.value < 1) {
      return invalid_input("a lease of less than a second ends by itself too soon",
                           "give 10s or more")
          .within("--lease");
    }
    options_.store = session.store().string();
    options_.threads = session.threads();
    KERNWISE_ASSIGN(const WorkerOutcome outcome,
                    work_on_jobs(options_, session.progress(), session.stop()));
    KERNWISE_TRY(session.deliver(session.json() ? worker_json(outcome, session.envelope(options()))
                                                : worker_text(outcome, session.style())));
    return 0;
  }

 private:
  std::vector<ReportOption> options() const {
    return {{"until_empty", options_.until_empty},
            {"most", options_.most_jobs},
            {"name", options_.name},
            {"lease_s", options_.lease.value},
            {"poll_s", options_.poll.value},
            {"patience_s", options_.patience.value}};
  }

  WorkerOptions options_;
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_worker() { return std::make_unique<Worker>(); }

}  // namespace kernwise::cli
