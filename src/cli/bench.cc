// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "commands.h"
#include "kernwise/report/bench_report.h"
#include "kernwise/workflow/bench_network.h"
#include "model_flags.h"
#include "plan_flags.h"

namespace kernwise::cli {
namespace {

class Bench final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "bench", "MODEL [--against onednn,onnxruntime,fp32]",
        "side by side with other runtimes, interleaved in one run",
        "kernwise bench resnet50.onnx --against onednn",
        "onednn is the same network in the same executor with oneDNN's own choices; onnxruntime\n"
        "is the npm package onnxruntime-node, installed by bench/setup; fp32 is kernwise's own\n"
        "fastest plan without int8, beside a --plan that has it. A ratio is their time over\n"
        "kernwise's: above 1, kernwise is faster."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", model_, "an ONNX file");
    arguments.texts("--against", against_, "NAME", Repeat::kCommaOrTwice,
                    "onednn, onnxruntime, fp32 (onednn)");
    arguments.path("--plan", request_.plan_file, "FILE", "run this plan instead of planning first");
    arguments.integer("--rounds", rounds_, 1, 100'000, "runs of each contestant (30)");
    arguments.duration("--max-time", request_.max_time, "end the rounds early, not below 10 (2m)");
    arguments.path("--onnxruntime-script", request_.onnxruntime_script, "FILE",
                   "the driver of onnxruntime-node (bench/onnxruntime.mjs)");
    declare_plan_flags(arguments, flags_);
    arguments.path("-o,--output", output_, "FILE", "write the result there");
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(model_, "bench", "a model", "kernwise bench network.onnx"));
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    request_.plan = plan_request(flags_, model_, session);
    request_.plan.calibrate = false;
    request_.against = against_.empty() ? std::vector<std::string>{"onednn"} : against_;
    request_.rounds = static_cast<int>(rounds_);
    request_.seed = session.seed();
    KERNWISE_ASSIGN(const BenchOutcome outcome,
                    bench_network(request_, session.progress(), session.stop()));
    session.warn_all(outcome.warnings);
    std::vector<ReportOption> options = plan_options(request_.plan);
    options.push_back({"against", request_.against});
    options.push_back({"plan_file", request_.plan_file.string()});
    options.push_back({"rounds", rounds_});
    options.push_back({"max_time_s", request_.max_time.value});
    KERNWISE_TRY(session.deliver(session.json()
                                     ? bench_json(outcome, session.envelope(std::move(options)))
                                     : bench_text(outcome, session.style())));
    return 0;
  }

 private:
  std::string model_;
  std::vector<std::string> against_;
  int64_t rounds_ = 30;
  BenchRequest request_;
  PlanFlags flags_;
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_bench() { return std::make_unique<Bench>(); }

}  // namespace kernwise::cli
