// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include "commands.h"
#include "kernwise/base/file.h"
#include "kernwise/report/run_report.h"
#include "kernwise/report/trace_report.h"
#include "kernwise/workflow/run_plan.h"
#include "model_flags.h"

namespace kernwise::cli {
namespace {

class Run final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "run", "PLAN [--verify]", "execute a plan, time it, check its numbers",
        "kernwise run resnet50.plan.json --repeat 30 --verify",
        "Threads are those of the plan. --verify compares with a float64 reference layer by layer\n"
        "and end to end, and exits 1 if the worst error (max |difference| over max |reference|)\n"
        "exceeds --tolerance. --profile times the steps one by one, in runs of their own, and\n"
        "sets them beside what this machine can do at most.\n"
        "Of several outputs, -o out.npy writes out.1.npy, out.2.npy and so on."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("PLAN", plan_, "a plan file");
    arguments.path("--model", request_.model, "FILE",
                   "the network, if it is not where the plan says");
    arguments.integer("--repeat", repeat_, 0, 1'000'000, "timed runs (10)");
    arguments.texts("--input", inputs_, "FILE", Repeat::kOnce,
                    ".npy, .png or .jpg; once per input (random)");
    arguments.path("-o,--output", request_.output, "FILE", "write the output there, as .npy");
    arguments.flag("--verify", request_.verify, "compare with the float64 reference");
    arguments.number("--tolerance", request_.tolerance, 0, 1e6, "of --verify (1e-4)");
    arguments.flag("--profile", request_.profile,
                   "time every layer, beside this machine's ceilings");
    arguments.path("--trace", trace_, "FILE", "record runs step by step, as Chrome trace events");
    arguments.integer("--trace-runs", traced_, 1, 1000, "how many (5)");
    arguments.flag("--any-device", request_.any_device,
                   "run a plan that was made on another machine");
    arguments.text("--device", device_, "replay:STORE", "refused: records run nothing");
    declare_model_flags(arguments, request_.onnx);
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(plan_, "run", "a plan",
                          "make one with 'kernwise plan network.onnx -o plan.json'"));
    if (session.flags().threads_given) {
      return invalid_input("'run' takes its number of threads from the plan",
                           "leave --threads out, or plan again with it");
    }
    if (!device_.empty()) {
      return unsupported("a recorded device runs nothing: it only answers what was measured",
                         "'kernwise plan --device " + device_ +
                             "' plans for it; leave --device out to run here")
          .within("--device");
    }
    if (request_.output == "-") {
      return invalid_input("'run' writes its output to a file, not to stdout", "name a .npy file");
    }
    if (trace_ == "-") {
      return invalid_input("'run' writes its trace to a file, not to stdout", "name a .json file");
    }
    KERNWISE_TRY(check_writable(request_.output));
    KERNWISE_TRY(check_writable(trace_));
    request_.traced = trace_.empty() ? 0 : static_cast<int>(traced_);
    request_.plan = plan_;
    request_.repeat = static_cast<int>(repeat_);
    request_.inputs.assign(inputs_.begin(), inputs_.end());
    request_.seed = session.seed();
    KERNWISE_ASSIGN(const RunOutcome outcome,
                    run_plan(request_, session.progress(), session.stop()));
    session.warn_all(outcome.warnings);
    if (outcome.trace) {
      KERNWISE_TRY(write_file(trace_, trace_json(outcome)));
      session.say(fmt::format("wrote {}; open it in https://ui.perfetto.dev", trace_.string()));
    }
    KERNWISE_TRY(session.deliver(
        session.json() ? run_json(outcome, request_.tolerance, envelope(session, outcome))
                       : run_text(outcome, request_.tolerance, session.style())));
    if (verified(outcome, request_.tolerance)) return 0;
    const Verification& v = *outcome.verification;
    session.say(outcome.plan.int8
                    ? fmt::format("verification failed: end to end {:.2g}, worst layer {:.2g}; the "
                                  "plan's bound is {:.2g}, for fp32 {:.2g}",
                                  v.end_to_end_error, v.worst_layer_error,
                                  outcome.plan.int8->max_relative_error, request_.tolerance)
                    : fmt::format("verification failed: the worst relative error {:.2g} exceeds "
                                  "{:.2g}",
                                  v.worst_relative_error, request_.tolerance));
    return static_cast<int>(ErrorCode::kCriterionFailed);
  }

 private:
  Envelope envelope(const Session& session, const RunOutcome& outcome) const {
    std::vector<ReportOption> list = {{"plan", plan_},
                                      {"model", request_.model.string()},
                                      {"inputs", inputs_},
                                      {"repeat", repeat_},
                                      {"verify", request_.verify},
                                      {"tolerance_ratio", request_.tolerance},
                                      {"profile", request_.profile},
                                      {"trace", trace_.string()},
                                      {"trace_runs", int64_t{request_.traced}},
                                      {"any_device", request_.any_device},
                                      {"output", request_.output.string()}};
    list_model_options(request_.onnx, list);
    Envelope envelope = session.envelope(std::move(list));
    for (ReportOption& option : envelope.options) {
      if (option.key == "threads") option.value = static_cast<int64_t>(outcome.plan.threads);
    }
    return envelope;
  }

  std::string plan_, device_;
  std::filesystem::path trace_;
  int64_t traced_ = 5;
  std::vector<std::string> inputs_;
  int64_t repeat_ = 10;
  RunRequest request_;
};

}  // namespace

std::unique_ptr<Command> make_run() { return std::make_unique<Run>(); }

}  // namespace kernwise::cli
