// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "commands.h"
#include "kernwise/report/model_report.h"
#include "kernwise/workflow/device_models.h"

namespace kernwise::cli {
namespace {

class Fit final : public Command {
 public:
  CommandHelp help() const override {
    return {"fit", "[-o MODEL.kwm]", "learn a model of this device from the store's measurements",
            "kernwise fit --threads 2 -o here.kwm",
            "'kernwise profile' fills the store; 'plan --costs predicted --model' uses the model,\n"
            "'kernwise inspect' shows its card, 'kernwise transfer' carries it to another device."};
  }

  void declare(Arguments& arguments) override {
    arguments.path("-o,--output", output_, "FILE", "where to write the model");
    arguments.choice("--regressor", regressor_,
                     {"linear", "nn1", "nn2", "nn-c", "extra-trees", "boosted-trees", "kernel"},
                     "what to fit (kernel)");
    arguments.text("--device", request_.device, "FINGERPRINT",
                   "another device whose measurements the store holds");
    arguments.text("--resource", request_.resource, "NAME",
                   "another resource than cpu: opencl:0, cuda:0");
    arguments.flag("--warm-weights", request_.warm_weights, "from measurements with warm weights");
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(check_writable(output_));
    request_.store = session.store();
    request_.threads = session.threads();
    request_.seed = session.seed();
    request_.kind = *parse_regressor_kind(regressor_);
    KERNWISE_ASSIGN(const DeviceFit fit, fit_model(request_));
    if (!output_.empty()) KERNWISE_TRY(fit.model.save(output_));
    const std::string file = output_.string();
    KERNWISE_TRY(session.deliver(session.json() ? fit_json(fit, file, session.envelope(options()))
                                                : fit_text(fit, file, session.style())));
    if (file.empty()) session.say("the model was not saved; -o model.kwm does");
    return 0;
  }

 private:
  std::vector<ReportOption> options() const {
    return {{"regressor", regressor_},
            {"device", request_.device},
            {"resource", request_.resource},
            {"warm_weights", request_.warm_weights}};
  }

  FitRequest request_;
  std::string regressor_ = "kernel";
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_fit() { return std::make_unique<Fit>(); }

}  // namespace kernwise::cli
