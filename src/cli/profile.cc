// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include "commands.h"
#include "device_flag.h"
#include "kernwise/report/profile_report.h"
#include "kernwise/workflow/profile_problems.h"
#include "model_flags.h"
#include "training_flags.h"

namespace kernwise::cli {
namespace {

class Profile final : public Command {
 public:
  CommandHelp help() const override {
    return {"profile", "[PROBLEM...] [--network FILE...] [--problem STRING...]",
            "measure the problems of networks, or single ones, into the store",
            "kernwise profile --network resnet50.onnx --budget 10m\n"
            "kernwise profile conv:ic64ih56oc64kh3ph1 gemm:m512n512k512\n"
            "kernwise profile --training --network resnet18.onnx --batches 2,8 --prune 0,0.3,0.6 "
            "--device-file here.json",
            "What the store already holds counts: the same command goes on where the last one\n"
            "stopped, and does nothing once everything is known. To learn a model of this device,\n"
            "profile many shapes: several networks, and --around 200 with the same --seed.\n"
            "With --training, whole steps are run by kernwise-torch, one process each: time,\n"
            "allocated, reserved and process memory."};
  }

  void declare(Arguments& arguments) override {
    arguments.positionals("PROBLEM", words_, "problems to measure");
    arguments.texts("--network", networks_, "FILE", Repeat::kList, "every problem of these");
    arguments.texts("--problem", problems_, "STRING", Repeat::kList, "and these");
    arguments.integer("--around", around_, 0, 100000,
                      "and so many random ones around the convolutions of these (0)");
    arguments.texts("--primitives", request_.options.primitives, "ID", Repeat::kCommaOrTwice,
                    "measure only these");
    arguments.text("--resource", request_.options.execution.resource, "NAME",
                   "another resource than cpu: opencl:0, cuda:0");
    arguments.duration("--budget", request_.options.budget, "time to spend on measuring (2m)");
    arguments.flag("--every-candidate", request_.options.every_candidate,
                   "cut none: five runs of each, for training models");
    arguments.flag("--warm-weights", request_.options.warm_weights,
                   "keep weights in the caches while measuring");
    declare_device_flag(arguments, device_);
    arguments_ = &arguments;
    declare_training_flags(arguments, training_);
    declare_model_flags(arguments, request_.onnx);
    arguments.path("-o,--output", output_, "FILE", "write the result there");
  }

  bool uses_this_machine() const override { return device_.empty(); }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    if (training_.training && !device_.empty()) {
      return invalid_input("training steps are not recorded in stores of measurements",
                           "leave out --device, or --training");
    }
    KERNWISE_TRY(check_flags());
    if (training_.training) {
      return run_training_profile(training_, networks_, request_.options.budget, request_.onnx,
                                  session);
    }
    request_.networks.assign(networks_.begin(), networks_.end());
    for (const std::string& text : words_) {
      auto problem = parse_problem(text);
      if (!problem.ok()) return std::move(problem).error();
      request_.problems.push_back(std::move(problem).value());
    }
    for (const std::string& text : problems_) {
      auto problem = parse_problem(text);
      if (!problem.ok()) return std::move(problem).error().within("--problem");
      request_.problems.push_back(std::move(problem).value());
    }
    request_.store = session.store();
    // Others have threads of their own, as many as they like: one is what their records state.
    const bool on_cpu = request_.options.execution.resource == "cpu";
    request_.options.execution.threads = on_cpu ? session.threads() : 1;
    request_.options.seed = session.seed();
    request_.around = static_cast<int>(around_);
    KERNWISE_ASSIGN(request_.recorded, recorded_device(device_, session));
    KERNWISE_ASSIGN(const ProfileOutcome outcome,
                    profile_problems(request_, session.progress(), session.stop()));
    session.warn_all(outcome.warnings);
    KERNWISE_TRY(session.deliver(
        session.json() ? profile_json(outcome, session.envelope(options()))
                       : profile_text(outcome, session.flags().verbose, session.style())));
    return 0;
  }

 private:
  // What the other half of the command is for would be ignored.
  Status check_flags() const {
    if (training_.training) {
      if (!words_.empty()) {
        return invalid_input(
            fmt::format("'{}' is a problem, and --training runs whole networks", words_.front()),
            "name networks with --network");
      }
      for (const char* flag :
           {"--problem", "--around", "--primitives", "--every-candidate", "--warm-weights"}) {
        if (arguments_->given(flag)) {
          return invalid_input(fmt::format("'{}' and '--training' do not go together", flag));
        }
      }
      return Ok{};
    }
    for (const char* flag : kTrainingFlags) {
      if (arguments_->given(flag)) {
        return invalid_input(fmt::format("'{}' needs '--training'", flag),
                             "without it single problems are measured, not training steps");
      }
    }
    return Ok{};
  }

  std::vector<ReportOption> options() const {
    std::vector<std::string> problems = words_;
    problems.insert(problems.end(), problems_.begin(), problems_.end());
    std::vector<ReportOption> list = {{"networks", networks_},
                                      {"problems", problems},
                                      {"around", around_},
                                      {"primitives", request_.options.primitives},
                                      {"resource", request_.options.execution.resource},
                                      {"budget_s", request_.options.budget.value},
                                      {"every_candidate", request_.options.every_candidate},
                                      {"warm_weights", request_.options.warm_weights}};
    list_model_options(request_.onnx, list);
    return list;
  }

  const Arguments* arguments_ = nullptr;
  std::vector<std::string> words_, networks_, problems_;
  std::string device_;
  int64_t around_ = 0;
  ProfileRequest request_;
  TrainingFlags training_;
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_profile() { return std::make_unique<Profile>(); }

}  // namespace kernwise::cli
