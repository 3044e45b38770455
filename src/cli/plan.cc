// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/plan_report.h"

#include "commands.h"
#include "device_flag.h"
#include "kernwise/select/plan.h"
#include "kernwise/workflow/plan_network.h"
#include "model_flags.h"
#include "plan_flags.h"

namespace kernwise::cli {
namespace {

class PlanCommand final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "plan", "MODEL [-o plan.json]",
        "choose the fastest primitive of every layer, transforms accounted for",
        "kernwise plan resnet50.onnx -o resnet50.plan.json --threads 2\n"
        "kernwise plan resnet50.onnx --device replay:camera.db -o camera.plan.json",
        "Where the store holds no measurements of this device, a model of the most similar one is\n"
        "carried over in seconds, and what the plan stands on is measured; --budget TIME or\n"
        "--costs measured measures every candidate instead. 'kernwise explain' says why a layer "
        "got\n"
        "its primitive; 'kernwise run' executes the plan."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", model_, "an ONNX file");
    arguments.path("-o,--output", output_, "FILE", "where to write the plan (- for stdout)");
    flags_.costs = "auto";
    declare_plan_flags(arguments, flags_);
    arguments_ = &arguments;
    arguments.bytes("--memory", memory_,
                    "cap on activations, workspace and packed weights together");
    arguments.flag("--pareto", flags_.request.pareto,
                   "show what every amount of memory buys, besides the plan");
    arguments.number("--max-error", max_error_, 1e-9, 1e3,
                     "let layers run in int8 up to this relative error, each and end to end");
    arguments.texts("--calibration", calibration_, "FILE", Repeat::kOnce,
                    "inputs for the ranges of int8: .npy, .png or .jpg (random)");
    arguments.flag("--calibrate", flags_.request.calibrate,
                   "do not compare with a run of the whole network");
  }

  bool uses_this_machine() const override { return flags_.device.empty(); }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(model_, "plan", "a model", "kernwise plan network.onnx -o plan.json"));
    const bool to_stdout = output_ == "-";
    if (to_stdout && session.json()) {
      return invalid_input("'-o -' and --json both want stdout", "write the plan to a file");
    }
    KERNWISE_TRY(check_writable(output_));
    // A budget for measuring is a wish to measure.
    if (flags_.costs == "auto" && arguments_->given("--budget")) flags_.costs = "measured";
    PlanRequest request = plan_request(flags_, model_, session);
    KERNWISE_ASSIGN(request.recorded, recorded_device(flags_.device, session));
    if (arguments_->given("--memory")) request.memory = memory_;
    if (arguments_->given("--max-error")) {
      request.max_error = max_error_;
    } else if (!calibration_.empty()) {
      return invalid_input("--calibration is for int8, which only a bound on the error allows",
                           "add --max-error, such as --max-error 0.03");
    }
    request.calibration.assign(calibration_.begin(), calibration_.end());
    request.calibration_seed = session.seed();
    KERNWISE_ASSIGN(const PlanOutcome outcome,
                    plan_network(request, session.progress(), session.stop()));
    session.warn_all(outcome.warnings);
    if (to_stdout) {
      KERNWISE_TRY(session.deliver(plan_to_json(outcome.plan)));
      return 0;
    }
    if (!output_.empty()) KERNWISE_TRY(save_plan(outcome.plan, output_));
    const std::string file = output_.string();
    KERNWISE_TRY(session.deliver(
        session.json() ? plan_json(outcome, file, session.envelope(options_of(request)))
                       : plan_text(outcome, file, session.style())));
    if (file.empty()) session.say("the plan was not saved; -o plan.json does");
    return 0;
  }

 private:
  std::vector<ReportOption> options_of(const PlanRequest& request) const {
    std::vector<ReportOption> options = plan_options(request);
    options.push_back({"max_relative_error", request.max_error.value_or(0)});
    options.push_back({"calibration", calibration_});
    options.push_back({"memory_bytes", request.memory ? request.memory->value : int64_t{0}});
    options.push_back({"pareto", request.pareto});
    return options;
  }

  const Arguments* arguments_ = nullptr;
  Bytes memory_;
  double max_error_ = 0;
  std::vector<std::string> calibration_;
  std::string model_;
  std::filesystem::path output_;
  PlanFlags flags_;
};

}  // namespace

std::unique_ptr<Command> make_plan() { return std::make_unique<PlanCommand>(); }

}  // namespace kernwise::cli
