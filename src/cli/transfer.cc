// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "commands.h"
#include "kernwise/report/model_report.h"
#include "kernwise/workflow/device_models.h"
#include "model_flags.h"

namespace kernwise::cli {
namespace {

class Transfer final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "transfer", "[MODEL.kwm] [-o NEW.kwm]",
        "carry a model to this device with a handful of samples",
        "kernwise transfer --samples 25 -o here.kwm\n"
        "kernwise transfer server.kwm --probe 20s --network resnet50.onnx -o here.kwm",
        "Without MODEL: the one, of those that come with the program, whose device is most like\n"
        "this one. Measures the problems that tell most about all others, into the store."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", source_, "a model made by 'kernwise fit'");
    arguments.path("-o,--output", output_, "FILE", "where to write the new model");
    arguments.integer("--samples", samples_, 1, 10000, "problems to measure (25)");
    arguments.duration("--probe", request_.probe, "or as many as this time allows");
    arguments.texts("--network", networks_, "FILE", Repeat::kList,
                    "sample the problems of these networks");
    arguments.choice("--method", method_,
                     {"as-is", "factor", "factor-shrunk", "fine-tune", "scratch", "residual"},
                     "how to carry it (residual)");
    arguments.flag("--warm-weights", request_.warm_weights,
                   "keep weights in the caches while measuring");
    declare_model_flags(arguments, request_.onnx);
    arguments_ = &arguments;
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(check_writable(output_));
    request_.source = source_;
    request_.networks.assign(networks_.begin(), networks_.end());
    request_.store = session.store();
    request_.threads = session.threads();
    request_.seed = session.seed();
    request_.method = *parse_transfer_method(method_);
    // A time alone is no wish for 25 samples.
    const bool time_alone = request_.probe.value > 0 && !arguments_->given("--samples");
    request_.samples = time_alone ? 0 : static_cast<int>(samples_);
    KERNWISE_ASSIGN(const TransferOutcome outcome,
                    transfer_model(request_, session.progress(), session.stop()));
    if (!output_.empty()) KERNWISE_TRY(outcome.transfer.model.save(output_));
    const std::string file = output_.string();
    KERNWISE_TRY(session.deliver(session.json()
                                     ? transfer_json(outcome, file, session.envelope(options()))
                                     : transfer_text(outcome, file, session.style())));
    if (file.empty()) session.say("the model was not saved; -o model.kwm does");
    return 0;
  }

 private:
  std::vector<ReportOption> options() const {
    std::vector<ReportOption> list = {{"model", source_},
                                      {"samples", int64_t{request_.samples}},
                                      {"probe_s", request_.probe.value},
                                      {"networks", networks_},
                                      {"method", method_},
                                      {"warm_weights", request_.warm_weights}};
    list_model_options(request_.onnx, list);
    return list;
  }

  const Arguments* arguments_ = nullptr;
  TransferRequest request_;
  std::string source_, method_ = "residual";
  std::vector<std::string> networks_;
  int64_t samples_ = 25;
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_transfer() { return std::make_unique<Transfer>(); }

}  // namespace kernwise::cli
