// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/adapt.h"

#include <chrono>

#include "commands.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/report/adapt_report.h"
#include "model_flags.h"
#include "training_flags.h"

namespace kernwise::cli {
namespace {

class Adapt final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "adapt", "MODEL --batch N [--max-memory SIZE] [--max-step TIME]",
        "prune a network until it trains here",
        "kernwise adapt resnet18.onnx --batch 32 --max-memory 600MiB --device here.json",
        "Searches a pruning ratio for each stage (layers with images of one size) that keeps the\n"
        "most multiply-adds within the limits. Every design is predicted, none is run. The best\n"
        "one is written with its weights; exit code 1 if none holds the limits. With\n"
        "--importance, a layer is worth what the table says times the share of its\n"
        "multiply-adds that stays; layers that it leaves out are worth nothing."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", model_, "an ONNX file");
    arguments.integer("--batch", options_.step.batch, 1, 1 << 20,
                      "images at once (as in the file)");
    arguments.choice("--optimizer", optimizer_, {"sgd", "momentum", "adam", "adamw"},
                     "that makes the step (sgd)");
    arguments.number("--weight-decay", options_.step.weight_decay, 0, 1, "of the optimizer (0)");
    arguments.path("--device", device_, "FILE",
                   "a device that was learned (this processor's rules)");
    arguments.bytes("--max-memory", options_.limits.memory, "of a step");
    arguments.choice("--of", target_, {"tensors", "allocator", "process"},
                     "what --max-memory limits (tensors)");
    arguments.duration("--max-step", options_.limits.step, "of a step");
    arguments.choice("--strategy", strategy_, {"random", "l1"}, "which channels go (l1)");
    arguments.path("--importance", importance_, "FILE",
                   "keep what this table (layer,importance) says, not multiply-adds");
    arguments.integer("--generations", generations_, 1, 10000, "of the search (25)");
    arguments.path("-o,--output", output_, "FILE", "the pruned network (MODEL-adapted.onnx)");
    declare_model_flags(arguments, onnx_);
    arguments_ = &arguments;
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(
        required(model_, "adapt", "a network", "kernwise adapt net.onnx --max-memory 1GiB"));
    if (options_.limits.memory.value <= 0 && options_.limits.step.value <= 0) {
      return invalid_input("'adapt' needs a limit", "--max-memory 1GiB, or --max-step 500ms");
    }
    KERNWISE_TRY(check_step_flags(*arguments_));
    if (output_ == "-") {
      return invalid_input("'adapt' writes a file, not to stdout", "name a file behind -o");
    }
    std::filesystem::path file = output_;
    if (file.empty()) {
      file =
          std::filesystem::path(model_).filename().replace_extension().string() + "-adapted.onnx";
    }
    KERNWISE_TRY(check_writable(file));
    KERNWISE_ASSIGN(options_.step.optimizer, parse_optimizer(optimizer_));
    KERNWISE_ASSIGN(options_.strategy, parse_prune_strategy(strategy_));
    options_.limits.target = target_ == "process"     ? MemoryTarget::kUsed
                             : target_ == "allocator" ? MemoryTarget::kReserved
                                                      : MemoryTarget::kAllocated;
    options_.generations = static_cast<int>(generations_);
    options_.seed = session.seed();
    if (!importance_.empty()) {
      KERNWISE_ASSIGN(options_.importance, read_importance(importance_));
    }
    StepDevice device = plain_step_device(rules_of_this_device().vector_floats, session.threads());
    if (!device_.empty()) {
      KERNWISE_ASSIGN(device, read_step_device(device_));
    }
    options_.step.threads = device.threads;
    KERNWISE_ASSIGN(const Network network, read_onnx(model_, onnx_));
    if (!arguments_->given("--batch") && !network.inputs.empty() &&
        !network.inputs[0].dims.empty()) {
      options_.step.batch = network.inputs[0].dims[0];
    }
    AdaptSummary summary;
    summary.device = device.name;
    summary.seed = session.seed();
    Rng rng(session.seed());
    constexpr Bytes kMostMemory{int64_t{1} << 46};
    const auto start = std::chrono::steady_clock::now();
    KERNWISE_ASSIGN(summary.result, adapt(network, options_, device, rng, kMostMemory,
                                          session.progress(), session.stop()));
    summary.search_s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    KERNWISE_ASSIGN(const WrittenDesign written,
                    written_design(network, options_, device, summary.result, kMostMemory));
    summary.passed_over = written.passed_over;
    if (written.network) {
      KERNWISE_TRY(write_onnx(written.network->network, file));
      summary.file = file.string();
    }
    const std::vector<ReportOption> options = options_of();
    KERNWISE_TRY(session.deliver(session.json() ? adapt_json(summary, session.envelope(options))
                                                : adapt_text(summary, session.style())));
    return summary.result.best.fits ? 0 : static_cast<int>(ErrorCode::kCriterionFailed);
  }

 private:
  std::vector<ReportOption> options_of() const {
    std::vector<ReportOption> options = {{"model", model_},
                                         {"batch", options_.step.batch},
                                         {"optimizer", optimizer_},
                                         {"weight_decay", options_.step.weight_decay},
                                         {"device", device_.string()},
                                         {"max_memory_bytes", options_.limits.memory.value},
                                         {"of", target_},
                                         {"max_step_s", options_.limits.step.value},
                                         {"strategy", strategy_},
                                         {"importance", importance_.string()},
                                         {"generations", generations_}};
    list_model_options(onnx_, options);
    return options;
  }

  std::string model_, optimizer_ = "sgd", target_ = "tensors", strategy_ = "l1";
  AdaptOptions options_;
  int64_t generations_ = 25;
  OnnxOptions onnx_;
  std::filesystem::path device_, importance_, output_;
  const Arguments* arguments_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> make_adapt() { return std::make_unique<Adapt>(); }

}  // namespace kernwise::cli
