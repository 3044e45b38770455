// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "commands.h"
#include "fleet_probe.h"
#include "kernwise/base/file.h"
#include "kernwise/fleet/design_network.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/report/fleet_report.h"
#include "kernwise/workflow/recorded_device.h"
#include "model_flags.h"

namespace kernwise::cli {
namespace {

class Fleet final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "fleet", "DEVICES.csv --accuracy ACC.csv --latency LAT.csv --constraint latency=15ms",
        "the right design for each of many devices",
        "kernwise fleet devices.csv --space nb201 --accuracy acc.csv --latency lat.csv\n"
        "               --constraint latency=15ms --probe 10 -o picks.csv --ask ask.csv\n"
        "kernwise fleet probe ask.csv --device phone -o lat-phone.csv\n"
        "kernwise fleet space nb201",
        "Tables have a column for each position of the space and one for each device; blank is\n"
        "missing. Devices with a value for nearly all designs are sources; the others stand on\n"
        "the samples that the tables hold of them, and --ask says which to measure next.\n"
        "'fleet probe' measures designs on this machine and writes such a table; it goes on where\n"
        "it was interrupted. 'fleet space NAME' prints a built-in space as a file to start from:\n"
        "nb201, fbnet, ofa-mbv3, mobilenet-v2. docs/formats/fleet_picks.md and space.md have the "
        "rest."};
  }

  void declare(Arguments& arguments) override {
    arguments.positionals("DEVICES.csv", words_, "the devices; or 'probe FILE', 'space NAME'");
    arguments.text("--space", files_.space, "NAME", "built-in name or file (nb201)");
    arguments.path("--accuracy", files_.accuracy, "FILE", "accuracies of some or all designs");
    arguments.text("--accuracy-column", files_.accuracy_column, "NAME",
                   "the column to maximise (the only one, or the only one that ends in 'acc')");
    arguments.texts("--latency", latency_, "FILE", Repeat::kCommaOrTwice, "tables in ms");
    arguments.texts("--energy", energy_, "FILE", Repeat::kCommaOrTwice, "tables in mJ");
    arguments.texts("--memory", memory_, "FILE", Repeat::kCommaOrTwice, "tables in MiB");
    arguments.texts("--constraint", constraints_, "METRIC=VALUE", Repeat::kCommaOrTwice,
                    "latency=15ms, energy=80mJ, memory=300MiB; columns max_latency_ms and so on "
                    "of DEVICES.csv come first");
    arguments.texts("--features", features_, "FILE", Repeat::kCommaOrTwice,
                    "of devices: a CSV, or what 'doctor --json' wrote (the device is called as the "
                    "file); predicts where nothing was measured yet");
    arguments.begin_group("how to choose");
    arguments.integer("--probe", probe_, 1, 64, "samples that a device may have in all (10)");
    arguments.choice("--method", method_, {"auto", "proxy", "adapt", "optimizer", "exhaustive"},
                     "auto: what suits each device");
    arguments.number("--margin", options_.margin, 0, 10,
                     "deviations between what is expected and the bound (1.645)");
    arguments.number("--cover-tolerance", options_.cover_tolerance, 0, 100,
                     "points of accuracy that sharing a design may cost a device (1)");
    arguments.text("--baseline", baseline_, "NAME",
                   "with --method adapt: a published or naive predictor, to compare with: "
                   "operations, best-proxy, scratch, scratch-rich, additive, adaproxy-1, "
                   "adaproxy-2, adaproxy-inf or ridge-mix");
    arguments.path("--operations", files_.operations, "FILE",
                   "operations of the designs, for --baseline operations");
    arguments.begin_group("results");
    arguments.path("-o,--output", output_, "FILE", "write the picks there, as CSV");
    arguments.path("--ask", ask_, "FILE", "write the measurements asked for there, as CSV");
    arguments.path("--onnx", onnx_, "FOLDER", "write the chosen networks there");
    arguments.begin_group("fleet probe");
    probe_flags_.declare(arguments);
  }

  bool uses_this_machine() const override { return !is_replay(probe_flags_.device); }

  Result<int> run(Session& session) override {
    if (!words_.empty() && words_[0] == "probe") {
      const bool stray = !files_.accuracy.empty() || !latency_.empty() || !energy_.empty() ||
                         !memory_.empty() || !constraints_.empty() || !features_.empty() ||
                         !baseline_.empty() || !ask_.empty() || !onnx_.empty();
      if (stray) {
        return invalid_input("'fleet probe' takes no tables, bounds or methods",
                             "kernwise fleet probe ask.csv --device phone -o lat-phone.csv");
      }
      return run_fleet_probe(session, probe_flags_, files_.space, words_, output_);
    }
    if (!words_.empty() && words_[0] == "space") {
      const std::string name = words_.size() > 1 ? words_[1] : files_.space;
      KERNWISE_ASSIGN(const DesignSpace space, load_space(name));
      KERNWISE_TRY(session.deliver(space_text(space)));
      return 0;
    }
    if (probe_flags_.any()) {
      return invalid_input("--device, --repeat, --budget, --costs and --planned are for 'probe'",
                           "kernwise fleet probe ask.csv --device phone -o lat-phone.csv");
    }
    if (words_.size() != 1) {
      return invalid_input("'fleet' needs one list of devices",
                           "kernwise fleet devices.csv --accuracy acc.csv --latency lat.csv "
                           "--constraint latency=15ms");
    }
    KERNWISE_TRY(
        required(files_.accuracy.string(), "fleet", "accuracies", "give a table with --accuracy"));
    for (const auto& file : {output_, ask_}) KERNWISE_TRY(check_writable(file));
    files_.devices = words_[0];
    files_.latency.assign(latency_.begin(), latency_.end());
    files_.energy.assign(energy_.begin(), energy_.end());
    files_.memory.assign(memory_.begin(), memory_.end());
    files_.features.assign(features_.begin(), features_.end());
    for (const std::string& text : constraints_) {
      KERNWISE_ASSIGN(FleetConstraint constraint, parse_fleet_constraint(text));
      files_.constraints.push_back(std::move(constraint));
    }
    options_.probe = static_cast<int>(probe_);
    for (const FleetMethod method : {FleetMethod::kAuto, FleetMethod::kProxy, FleetMethod::kAdapt,
                                     FleetMethod::kOptimizer, FleetMethod::kExhaustive}) {
      if (method_ == to_string(method)) options_.method = method;
    }
    KERNWISE_TRY(choose_baseline());
    Rng rng(session.seed());
    KERNWISE_ASSIGN(const FleetInput input, read_fleet(files_, rng));
    for (const std::string& warning : input.warnings) session.warn({"table", warning, {}});
    KERNWISE_ASSIGN(const FleetOutcome outcome,
                    plan_fleet(input, options_, rng, session.progress()));
    session.warn_all(outcome.warnings);
    if (!output_.empty()) KERNWISE_TRY(write_file(output_, picks_csv(input, outcome)));
    if (!ask_.empty()) KERNWISE_TRY(write_file(ask_, ask_csv(input, outcome)));
    if (!onnx_.empty()) KERNWISE_TRY(write_networks(input, outcome, session));
    KERNWISE_TRY(session.deliver(session.json()
                                     ? fleet_json(input, outcome, session.envelope(options()))
                                     : fleet_text(input, outcome, session.style())));
    const bool all = std::all_of(outcome.picks.begin(), outcome.picks.end(),
                                 [](const DevicePick& pick) { return pick.feasible; });
    return all ? 0 : static_cast<int>(ErrorCode::kCriterionFailed);
  }

 private:
  Status choose_baseline() {
    if (baseline_.empty()) return Ok{};
    options_.by_operations = baseline_ == "operations";
    std::string names = "operations";
    for (int i = 0; i < kFewShotBaselines; ++i) {
      const auto baseline = static_cast<FewShotBaseline>(i);
      if (baseline_ == to_string(baseline)) options_.baseline = baseline;
      names += fmt::format(", {}", to_string(baseline));
    }
    if (!options_.by_operations && !options_.baseline) {
      return invalid_input("there is no baseline '" + baseline_.substr(0, 80) + "'",
                           "choose from " + names);
    }
    if (options_.method != FleetMethod::kAdapt) {
      return invalid_input("a baseline stands in for the adapted model only", "add --method adapt");
    }
    if (options_.by_operations && files_.operations.empty()) {
      return invalid_input("nothing is known of the designs' operations", "give --operations FILE");
    }
    return Ok{};
  }

  // One file for each distinct design, called by its number among the candidates: arch_idx is the
  // tables' word, and may name two designs alike.
  Status write_networks(const FleetInput& input, const FleetOutcome& outcome,
                        Session& session) const {
    std::error_code failed;
    std::filesystem::create_directories(onnx_, failed);
    if (failed) {
      return invalid_input("cannot make this folder: " + failed.message(),
                           "name another one with --onnx")
          .within(onnx_.string());
    }
    std::map<int32_t, std::filesystem::path> written;
    for (const DevicePick& pick : outcome.picks) {
      if (pick.row < 0 || written.contains(pick.row)) continue;
      const auto row = static_cast<std::size_t>(pick.row);
      const auto file = onnx_ / fmt::format("{}-{}.onnx", input.space.name, pick.row);
      KERNWISE_ASSIGN(const Network network,
                      design_network(input.space, input.designs[row], {.seed = session.seed()}));
      KERNWISE_TRY(write_onnx(network, file));
      written[pick.row] = file;
    }
    session.say(fmt::format("{} networks written to {}", written.size(), onnx_.string()));
    return Ok{};
  }

  std::vector<ReportOption> options() const {
    return {{"devices", files_.devices.string()},
            {"space", files_.space},
            {"accuracy", files_.accuracy.string()},
            {"accuracy_column", files_.accuracy_column},
            {"latency", latency_},
            {"energy", energy_},
            {"memory", memory_},
            {"features", features_},
            {"operations", files_.operations.string()},
            {"constraints", constraints_},
            {"probe", probe_},
            {"method", method_},
            {"baseline", baseline_},
            {"margin_deviations", options_.margin},
            {"cover_tolerance_points", options_.cover_tolerance}};
  }

  std::vector<std::string> words_, latency_, energy_, memory_, constraints_, features_;
  FleetFiles files_;
  FleetOptions options_;
  FleetProbeFlags probe_flags_;
  int64_t probe_ = 10;
  std::string method_ = "auto", baseline_;
  std::filesystem::path output_, ask_, onnx_;
};

}  // namespace

std::unique_ptr<Command> make_fleet() { return std::make_unique<Fleet>(); }

}  // namespace kernwise::cli
