// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "commands.h"
#include "kernwise/report/pack_report.h"
#include "model_flags.h"

namespace kernwise::cli {
namespace {

class Pack final : public Command {
 public:
  CommandHelp help() const override {
    return {"pack", "PLAN -o FILE.kwp", "a plan and its weights in one file, for the runtime alone",
            "kernwise pack resnet50.plan.json -o resnet50.kwp\n"
            "kernwise run resnet50.kwp",
            "What runs a pack needs neither the ONNX file nor a reader of ONNX: link with\n"
            "libkernwise-run (docs/runtime.md). A pack runs on the device that it was planned "
            "for."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("PLAN", plan_, "a plan file");
    arguments.path("--model", request_.model, "FILE",
                   "the network, if it is not where the plan says");
    arguments.path("-o,--output", request_.output, "FILE", "where to write the pack");
    declare_model_flags(arguments, request_.onnx);
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(plan_, "pack", "a plan", "kernwise pack plan.json -o network.kwp"));
    if (request_.output.empty() || request_.output == "-") {
      return invalid_input("'pack' writes a file", "name it behind -o");
    }
    KERNWISE_TRY(check_writable(request_.output));
    request_.plan = plan_;
    KERNWISE_ASSIGN(const PackOutcome outcome, pack_plan(request_));
    std::vector<ReportOption> list = {
        {"plan", plan_}, {"model", request_.model.string()}, {"output", request_.output.string()}};
    list_model_options(request_.onnx, list);
    KERNWISE_TRY(session.deliver(session.json()
                                     ? pack_json(outcome, session.envelope(std::move(list)))
                                     : pack_text(outcome, session.style())));
    return 0;
  }

 private:
  std::string plan_;
  PackRequest request_;
};

}  // namespace

std::unique_ptr<Command> make_pack() { return std::make_unique<Pack>(); }

}  // namespace kernwise::cli
