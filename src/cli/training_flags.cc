// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "training_flags.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "kernwise/device/device.h"
#include "kernwise/report/training_report.h"

namespace kernwise::cli {
namespace {

template <typename T>
Result<T> number_of(const std::string& text, const char* flag, T low, T high) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc() && end == text.data() + text.size() && value >= low && value <= high) {
    return value;
  }
  return invalid_input(
      fmt::format("{} takes numbers from {} to {}, not '{}'", flag, low, high, text));
}

Status read_lists(TrainingFlags& flags) {
  TrainingProfileRequest& r = flags.request;
  if (!flags.ratios.empty()) r.ratios.clear();
  for (const std::string& text : flags.ratios) {
    KERNWISE_ASSIGN(r.ratios.emplace_back(), number_of(text, "--prune", 0.0, 0.99));
  }
  if (!flags.batches.empty()) r.batches.clear();
  for (const std::string& text : flags.batches) {
    KERNWISE_ASSIGN(r.batches.emplace_back(),
                    number_of(text, "--batches", int64_t{1}, int64_t{1} << 20));
  }
  if (!flags.optimizers.empty()) r.optimizers.clear();
  for (const std::string& text : flags.optimizers) {
    KERNWISE_ASSIGN(r.optimizers.emplace_back(), parse_optimizer(text));
  }
  KERNWISE_ASSIGN(r.strategy, parse_prune_strategy(flags.strategy));
  return Ok{};
}

}  // namespace

KernelRules rules_of_this_device() {
  const Isa isa = isa_in_use();
  return {.vector_floats = isa == Isa::kAvx512 ? 16 : isa == Isa::kSse41 ? 4 : 8};
}

Status check_step_flags(const Arguments& arguments) {
  if (arguments.given("--of") && !arguments.given("--max-memory")) {
    return invalid_input("'--of' says what --max-memory limits, which is not there",
                         "--max-memory 4GiB, or leave it out");
  }
  if (arguments.given("--threads") && arguments.given("--device")) {
    return invalid_input("the file of --device states its threads, so '--threads' has no effect",
                         "leave it out, or learn the device with so many threads");
  }
  return Ok{};
}

void declare_training_flags(Arguments& arguments, TrainingFlags& flags) {
  TrainingProfileRequest& r = flags.request;
  arguments.flag("--training", flags.training,
                 "run real training steps of the networks instead (kernwise-torch)");
  arguments.texts("--batches", flags.batches, "N,N", Repeat::kCommaOrTwice,
                  "with these batches (8)");
  arguments.texts("--prune", flags.ratios, "R,R", Repeat::kCommaOrTwice,
                  "with these shares of channels removed (0)");
  arguments.choice("--strategy", flags.strategy, {"random", "l1"}, "which channels (random)");
  arguments.texts("--optimizer", flags.optimizers, "NAME", Repeat::kCommaOrTwice,
                  "sgd, momentum, adam, adamw (sgd)");
  arguments.number("--weight-decay", r.weight_decay, 0, 1, "of the optimizers (0)");
  arguments.flag("--inference", r.inference, "forward passes instead of training steps");
  arguments.bytes("--memory-limit", r.limit, "let steps run out of memory beyond this (none)");
  arguments.path("--worker", r.worker, "FILE", "kernwise-torch (beside this program, or in PATH)");
  arguments.path("--device-file", flags.device_file, "FILE",
                 "learn the device from these steps, for 'footprint --device'");
  arguments.path("--from", flags.source, "FILE",
                 "a file of another device to start from: a few steps are then enough");
}

Result<int> run_training_profile(TrainingFlags& flags, const std::vector<std::string>& networks,
                                 Seconds budget, const OnnxOptions& onnx, Session& session) {
  KERNWISE_TRY(read_lists(flags));
  KERNWISE_TRY(check_writable(flags.device_file));
  std::optional<StepDevice> source;
  if (!flags.source.empty()) {
    if (flags.device_file.empty()) {
      return invalid_input("'--from' makes a new device file", "name it with --device-file");
    }
    KERNWISE_ASSIGN(source, read_step_device(flags.source));
  }
  TrainingProfileRequest& request = flags.request;
  request.networks.assign(networks.begin(), networks.end());
  request.budget = budget;
  request.onnx = onnx;
  request.threads = session.threads();
  request.seed = session.seed();
  request.store = session.store();
  request.device = describe_this_device().fingerprint;
  request.rules = rules_of_this_device();
  KERNWISE_ASSIGN(const TrainingProfileOutcome outcome,
                  profile_training(request, session.progress(), session.stop()));
  session.warn_all(outcome.warnings);
  if (!flags.device_file.empty()) {
    StepDevice plain = plain_step_device(request.rules.vector_floats, request.threads);
    plain.name = request.device;
    plain.library = outcome.library;
    Rng rng(session.seed());
    KERNWISE_ASSIGN(const StepDevice device,
                    source ? transfer_step_device(*source, plain, outcome.records, rng)
                           : learn_step_device(plain, outcome.records, rng));
    KERNWISE_TRY(write_step_device(device, flags.device_file));
  }
  const std::vector<ReportOption> options = {{"training", true},
                                             {"networks", networks},
                                             {"batches", flags.batches},
                                             {"prune", flags.ratios},
                                             {"strategy", flags.strategy},
                                             {"optimizers", flags.optimizers},
                                             {"weight_decay", request.weight_decay},
                                             {"inference", request.inference},
                                             {"memory_limit_bytes", request.limit.value},
                                             {"from", flags.source.string()},
                                             {"budget_s", budget.value}};
  const std::string file = flags.device_file.string();
  KERNWISE_TRY(session.deliver(session.json()
                                   ? training_json(outcome, file, session.envelope(options))
                                   : training_text(outcome, file, session.style())));
  return 0;
}

}  // namespace kernwise::cli
