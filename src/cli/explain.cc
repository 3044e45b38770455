// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "commands.h"
#include "device_flag.h"
#include "kernwise/report/explain_report.h"
#include "kernwise/workflow/explain_layer.h"
#include "model_flags.h"
#include "plan_flags.h"

namespace kernwise::cli {
namespace {

class Explain final : public Command {
 public:
  // Explaining should not start to measure by itself.
  Explain() { flags_.request.budget = {0}; }

  CommandHelp help() const override {
    return {"explain", "MODEL [--layer NAME...]", "why a layer got its primitive",
            "kernwise explain resnet50.onnx --layer conv1",
            "Explains from the store; with --budget it measures first. 'kernwise inspect MODEL\n"
            "--layers' names the layers; without any, all are explained."};
  }

  void declare(Arguments& arguments) override {
    arguments.positionals("MODEL", words_, "an ONNX file; more words are layers");
    arguments.texts("--layer", layers_, "NAME", Repeat::kOnce, "a layer; may be given again");
    flags_.costs = "auto";  // as `plan` has it
    declare_plan_flags(arguments, flags_);
    arguments.path("-o,--output", output_, "FILE", "write the result there");
  }

  bool uses_this_machine() const override { return flags_.device.empty(); }

  Result<int> run(Session& session) override {
    KERNWISE_ASSIGN(const std::string model,
                    required(words_.empty() ? "" : words_.front(), "explain", "a model",
                             "kernwise explain network.onnx --layer NAME"));
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    ExplainRequest request;
    request.plan = plan_request(flags_, model, session);
    request.plan.calibrate = false;
    KERNWISE_ASSIGN(request.plan.recorded, recorded_device(flags_.device, session));
    request.layers = layers_;
    request.layers.insert(request.layers.end(), words_.begin() + 1, words_.end());
    KERNWISE_ASSIGN(const std::vector<ExplainedLayer> layers,
                    explain_layers(request, session.progress(), session.stop()));
    std::vector<ReportOption> options = plan_options(request.plan);
    options.push_back({"layers", request.layers});
    KERNWISE_TRY(session.deliver(session.json()
                                     ? explain_json(layers, session.envelope(std::move(options)))
                                     : explain_text(layers, session.style())));
    return 0;
  }

 private:
  std::vector<std::string> words_, layers_;
  PlanFlags flags_;
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_explain() { return std::make_unique<Explain>(); }

}  // namespace kernwise::cli
