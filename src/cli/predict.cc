// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/predict_report.h"

#include "commands.h"
#include "model_flags.h"
#include "plan_flags.h"

namespace kernwise::cli {
namespace {

class Predict final : public Command {
 public:
  CommandHelp help() const override {
    return {"predict", "NETWORK [--model MODEL.kwm]",
            "what a network will take, without running it",
            "kernwise predict resnet50.onnx --model here.kwm",
            "Measures nothing. For a device without a model of its own, 'kernwise transfer' makes\n"
            "one; a model of another device is used as it is, and named."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("NETWORK", model_, "an ONNX file");
    arguments.path("--model", flags_.request.learned.model, "FILE",
                   "model of a device (the nearest that came with the program)");
    arguments.choice("--fallback", fallback_, {"error", "roofline"},
                     "for what the model cannot predict (error)");
    arguments.flag("--warm-weights", flags_.request.warm_weights,
                   "with weights in the caches, by a model of such measurements");
    arguments.path("-o,--output", output_, "FILE", "write the result there");
    declare_model_flags(arguments, flags_.request.onnx);
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(model_, "predict", "a network", "kernwise predict network.onnx"));
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    flags_.costs = "predicted";
    flags_.fallback = fallback_;
    PlanRequest request = plan_request(flags_, model_, session);
    request.budget = Seconds{0};
    request.calibrate = false;
    KERNWISE_ASSIGN(const PlanOutcome outcome,
                    plan_network(request, session.progress(), session.stop()));
    session.warn_all(outcome.warnings);
    const std::vector<ReportOption> options = plan_options(request);
    KERNWISE_TRY(session.deliver(session.json() ? predict_json(outcome, session.envelope(options))
                                                : predict_text(outcome, session.style())));
    return 0;
  }

 private:
  std::string model_, fallback_ = "error";
  PlanFlags flags_;
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_predict() { return std::make_unique<Predict>(); }

}  // namespace kernwise::cli
