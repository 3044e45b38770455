// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/prune.h"

#include "commands.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/report/prune_report.h"
#include "model_flags.h"

namespace kernwise::cli {
namespace {

class Prune final : public Command {
 public:
  CommandHelp help() const override {
    return {"prune", "MODEL --ratio R [-o FILE]", "take channels out of a network",
            "kernwise prune resnet18.onnx --ratio 0.3 --strategy l1 -o pruned.onnx",
            "Whole channels go, with the weights that make and use them; what additions, grouped\n"
            "convolutions, shuffles and concatenations tie together goes together. The same share\n"
            "of every group of layers is removed, rounded down. Accuracy is not looked at: train\n"
            "the result."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", model_, "an ONNX file");
    arguments.number("--ratio", options_.ratio, 0, 0.99, "share of the channels to remove");
    arguments.choice("--strategy", strategy_, {"random", "l1"},
                     "any channels, or those with the smallest weights (random)");
    arguments.path("-o,--output", output_, "FILE", "where to write it (MODEL-pruned.onnx)");
    declare_model_flags(arguments, onnx_);
    arguments_ = &arguments;
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(model_, "prune", "a network", "kernwise prune net.onnx --ratio 0.3"));
    if (!arguments_->given("--ratio")) {
      return invalid_input("'prune' needs a ratio",
                           "e.g. --ratio 0.3 removes 30 % of the channels");
    }
    if (output_ == "-") {
      return invalid_input("'prune' writes a file, not to stdout", "name a file behind -o");
    }
    std::filesystem::path file = output_;
    if (file.empty()) {
      file = std::filesystem::path(model_).filename().replace_extension().string() + "-pruned.onnx";
    }
    KERNWISE_ASSIGN(options_.strategy, parse_prune_strategy(strategy_));
    KERNWISE_TRY(check_writable(file));
    KERNWISE_ASSIGN(const Network network, read_onnx(model_, onnx_));
    KERNWISE_ASSIGN(const LayerGraph before, lower(network, onnx_.max_model_memory));
    Rng rng(session.seed());
    KERNWISE_ASSIGN(const PrunedNetwork pruned,
                    prune_channels(network, options_, rng, onnx_.max_model_memory));
    KERNWISE_ASSIGN(const LayerGraph after, lower(pruned.network, onnx_.max_model_memory));
    if (pruned.groups.empty()) {
      session.warn({"nothing-to-prune", "no channel of this network can be removed",
                    "inputs, outputs and what operators depend on must stay"});
    }
    KERNWISE_TRY(write_onnx(pruned.network, file));
    const PruneSummary summary{.file = file.string(),
                               .groups = pruned.groups,
                               .parameters_before = parameter_count(network),
                               .parameters = parameter_count(pruned.network),
                               .macs_before = total_macs(before),
                               .macs = total_macs(after),
                               .seed = session.seed()};
    std::vector<ReportOption> options = {
        {"model", model_}, {"ratio", options_.ratio}, {"strategy", strategy_}};
    list_model_options(onnx_, options);
    KERNWISE_TRY(session.deliver(session.json() ? prune_json(summary, session.envelope(options))
                                                : prune_text(summary, session.style())));
    return 0;
  }

 private:
  std::string model_, strategy_ = "random";
  PruneOptions options_;
  OnnxOptions onnx_;
  std::filesystem::path output_;
  const Arguments* arguments_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> make_prune() { return std::make_unique<Prune>(); }

}  // namespace kernwise::cli
