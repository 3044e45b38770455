// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands.h"
#include "kernwise/footprint/predict_step.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/report/footprint_report.h"
#include "model_flags.h"
#include "training_flags.h"

namespace kernwise::cli {
namespace {

class Footprint final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "footprint", "MODEL [--batch N] [--max-memory SIZE]",
        "memory and time of a training step, without running it",
        "kernwise footprint resnet50.onnx --batch 64 --optimizer adam --max-memory 4GiB\n"
        "kernwise footprint resnet50.onnx --max-batch --max-memory 4GiB --device here.json",
        "Plays the step through tensor by tensor, as libtorch would run the network that the\n"
        "file states: no framework is needed, and nothing is run. Memory is that of tensors\n"
        "with convolutions' workspace; what the process takes besides, and the time, are known\n"
        "of a device that 'kernwise profile --training' has learned. Limits are held against\n"
        "the upper ends of the intervals (90 % of errors of time, the extremes of memory, or what\n"
        "is assumed: the output says which); exit code 1 if one does not hold."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", model_, "an ONNX file");
    arguments.integer("--batch", step_.batch, 1, 1 << 20, "images at once (as in the file)");
    arguments.choice("--optimizer", optimizer_, {"sgd", "momentum", "adam", "adamw"},
                     "that makes the step (sgd)");
    arguments.number("--weight-decay", step_.weight_decay, 0, 1, "of the optimizer (0)");
    arguments.flag("--inference", step_.inference, "a forward pass alone");
    arguments.path("--device", device_, "FILE",
                   "a device that was learned (this processor's rules)");
    arguments.bytes("--max-memory", limits_.memory, "does it fit?");
    arguments.choice("--of", target_, {"tensors", "allocator", "process"},
                     "what --max-memory limits (tensors)");
    arguments.duration("--max-step", limits_.step, "is a step fast enough?");
    arguments.flag("--max-batch", max_batch_, "find the largest batch that holds the limits");
    arguments.path("-o,--output", output_, "FILE", "write the result there");
    declare_model_flags(arguments, onnx_);
    arguments_ = &arguments;
  }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(model_, "footprint", "a network", "kernwise footprint net.onnx"));
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    const bool limited = limits_.memory.value > 0 || limits_.step.value > 0;
    KERNWISE_TRY(check_flags(limited));
    KERNWISE_ASSIGN(step_.optimizer, parse_optimizer(optimizer_));
    limits_.target = target_ == "process"     ? MemoryTarget::kUsed
                     : target_ == "allocator" ? MemoryTarget::kReserved
                                              : MemoryTarget::kAllocated;
    KERNWISE_ASSIGN(const StepDevice device, the_device(session));
    step_.threads = device.threads;
    onnx_.weights = false;  // shapes decide
    KERNWISE_ASSIGN(const Network network, read_onnx(model_, onnx_));
    if (!arguments_->given("--batch")) {
      step_.batch =
          network.inputs.empty() || network.inputs[0].dims.empty() ? 1 : network.inputs[0].dims[0];
    }
    FootprintSummary summary;
    summary.network = model_;
    summary.device = device.name;
    summary.limits = limits_;
    // The limit of a file's own size is not one of the batch that is asked about.
    constexpr Bytes kMostMemory{int64_t{1} << 46};
    if (max_batch_) {
      KERNWISE_ASSIGN(const int64_t largest,
                      largest_batch(network, step_, device, limits_, kMostImages, kMostMemory));
      summary.largest_batch = largest;
      summary.largest_is_cap = largest == kMostImages;
      step_.batch = std::max<int64_t>(largest, 1);
    }
    KERNWISE_ASSIGN(const LayerGraph graph, unfolded_graph(network, step_.batch, kMostMemory));
    summary.step = step_;
    summary.prediction = predict_step(graph, step_, device);
    if (limited) {
      KERNWISE_ASSIGN(summary.fits, fits(summary.prediction, limits_));
    }
    warn_of(summary.prediction, session);
    const std::vector<ReportOption> options = options_of();
    KERNWISE_TRY(session.deliver(session.json() ? footprint_json(summary, session.envelope(options))
                                                : footprint_text(summary, session.style())));
    return summary.fits.value_or(true) ? 0 : static_cast<int>(ErrorCode::kCriterionFailed);
  }

 private:
  static constexpr int64_t kMostImages = 65536;

  // A flag without effect is a misunderstanding.
  Status check_flags(bool limited) const {
    if (max_batch_ && !limited) {
      return invalid_input("'--max-batch' needs a limit", "--max-memory 4GiB, or --max-step 500ms");
    }
    if (max_batch_ && arguments_->given("--batch")) {
      return invalid_input("'--max-batch' finds the batch, so '--batch' has no effect",
                           "leave out one of them");
    }
    for (const char* flag : {"--optimizer", "--weight-decay"}) {
      if (step_.inference && arguments_->given(flag)) {
        return invalid_input(fmt::format("'{}' has no effect with '--inference'", flag),
                             "leave out one of them");
      }
    }
    return check_step_flags(*arguments_);
  }

  static void warn_of(const StepPrediction& prediction, Session& session) {
    if (!prediction.latency) return;
    const LatencyEstimate& e = *prediction.latency;
    if (!e.missing.empty()) {
      session.warn({"never-timed",
                    fmt::format("the device never timed {}: the time of a step is without it",
                                fmt::join(e.missing, ", ")),
                    "run 'kernwise profile --training' on networks and optimizers that have it"});
    }
    if (e.outside > kWorthAWarning) {
      session.warn({"beyond-what-was-learned",
                    "layers are larger or smaller than any that this device was learned from",
                    "bounds are widened by what is assumed; profile such sizes and batches"});
    }
  }
  static constexpr double kWorthAWarning = 0.05;  // of the time

  Result<StepDevice> the_device(const Session& session) const {
    if (!device_.empty()) return read_step_device(device_);
    return plain_step_device(rules_of_this_device().vector_floats, session.threads());
  }

  std::vector<ReportOption> options_of() const {
    std::vector<ReportOption> options = {{"model", model_},
                                         {"batch", step_.batch},
                                         {"optimizer", optimizer_},
                                         {"weight_decay", step_.weight_decay},
                                         {"inference", step_.inference},
                                         {"device", device_.string()},
                                         {"max_memory_bytes", limits_.memory.value},
                                         {"of", target_},
                                         {"max_step_s", limits_.step.value},
                                         {"max_batch", max_batch_}};
    list_model_options(onnx_, options);
    return options;
  }

  std::string model_, optimizer_ = "sgd", target_ = "tensors";
  StepOptions step_;
  StepLimits limits_;
  bool max_batch_ = false;
  OnnxOptions onnx_;
  std::filesystem::path device_, output_;
  const Arguments* arguments_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> make_footprint() { return std::make_unique<Footprint>(); }

}  // namespace kernwise::cli
