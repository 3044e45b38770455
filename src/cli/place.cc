// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "commands.h"
#include "device_flag.h"
#include "kernwise/device/device.h"
#include "kernwise/report/place_report.h"
#include "kernwise/workflow/place_program.h"
#include "model_flags.h"

namespace kernwise::cli {
namespace {

class Place final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "place", "PROGRAM [--measure | --model FILE.kwm... | --costs FILE.csv]",
        "variant, resource and threads for each kernel of a program",
        "kernwise place program.txt --model here-1t.kwm --model here-2t.kwm\n"
        "kernwise place program.txt --measure --run\n"
        "kernwise place program.txt --costs recorded.csv",
        "PROGRAM: lines such as 'C = matmul(A, B)' (docs/formats/program.md). Without --measure,\n"
        "--model and --costs, models (nn-c) are fitted to what 'kernwise profile --warm-weights'\n"
        "has measured of other problems. --run measures all options, runs the placement, and "
        "shows\n"
        "it beside the naive ways and the best of all. Kernels and copies are taken to run one\n"
        "after another. Up to --threads threads (all processors, if not given)."};
  }

  void declare(Arguments& arguments) override {
    arguments.positional("PROGRAM", program_, "a file of operations on named tensors");
    arguments.texts("--model", models_, "FILE", Repeat::kOnce,
                    "model of a resource and number of threads; may be given again");
    arguments.flag("--measure", measure_, "by costs measured now, not predicted ones");
    arguments.path("--costs", request_.costs, "FILE",
                   "by recorded costs (docs/formats/recorded_costs.md); runs nothing");
    arguments.flag("--learn", learn_,
                   "with --costs: by models of its other rows, judged by the program's own");
    arguments.texts("--resources", request_.resources, "NAMES", Repeat::kCommaOrTwice,
                    "resources to use besides cpu (all that there are)");
    arguments.texts("--primitives", request_.primitives, "IDS", Repeat::kCommaOrTwice,
                    "only these (all)");
    arguments.duration("--budget", request_.budget, "time for measuring (120s)");
    arguments.flag("--run", request_.run, "execute the placement and judge it");
    arguments.integer("--repeat", repeat_, 1, 100000, "timed runs of each way (9)");
    arguments.flag("--verify", request_.verify, "compare outputs with the reference (on)");
    arguments.number("--tolerance", request_.tolerance, 0, 1, "relative error allowed (1e-4)");
    arguments.bytes("--memory", request_.memory, "for tensors and scratch of one way (4GiB)");
    declare_device_flag(arguments, device_);
    arguments.path("-o,--output", output_, "FILE", "write the result there");
  }

  bool uses_this_machine() const override { return device_.empty(); }

  Result<int> run(Session& session) override {
    KERNWISE_TRY(required(program_, "place", "a program", "kernwise place program.txt"));
    KERNWISE_TRY(check_flags());
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    request_.program = program_;
    request_.models.assign(models_.begin(), models_.end());
    request_.store = session.store();
    request_.seed = session.seed();
    request_.repeat = static_cast<int>(repeat_);
    KERNWISE_ASSIGN(request_.recorded, recorded_device(device_, session));
    request_.threads =
        session.flags().threads_given ? session.threads() : device_of(request_.recorded).cores;
    KERNWISE_ASSIGN(const PlaceOutcome outcome,
                    place_program_file(request_, session.progress(), session.stop()));
    session.warn_all(outcome.warnings);
    KERNWISE_TRY(session.deliver(
        session.json() ? place_json(outcome, request_.tolerance, session.envelope(options()))
                       : place_text(outcome, request_.tolerance, session.style())));
    return outcome.run && !outcome.run->within_tolerance ? 1 : 0;
  }

 private:
  Status check_flags() {
    const bool recorded = !request_.costs.empty();
    measure_ = measure_ || (!device_.empty() && !recorded && models_.empty());
    if (static_cast<int>(measure_) + static_cast<int>(recorded) +
            static_cast<int>(!models_.empty()) >
        1) {
      return invalid_input("--measure, --model and --costs exclude each other",
                           "costs come from one source");
    }
    if (learn_ && !recorded) {
      return invalid_input("--learn needs a file of recorded costs", "name it with --costs");
    }
    request_.source = recorded   ? (learn_ ? PlaceSource::kLearned : PlaceSource::kRecorded)
                      : measure_ ? PlaceSource::kMeasured
                                 : PlaceSource::kPredicted;
    return Ok{};
  }

  std::vector<ReportOption> options() const {
    return {{"program", program_},
            {"source", std::string(to_string(request_.source))},
            {"models", models_},
            {"costs", request_.costs.string()},
            {"resources", request_.resources},
            {"most_threads", int64_t{request_.threads}},
            {"primitives", request_.primitives},
            {"budget_s", request_.budget.value},
            {"run", request_.run},
            {"repeat", repeat_},
            {"verify", request_.verify},
            {"tolerance_ratio", request_.tolerance},
            {"memory_bytes", request_.memory.value}};
  }

  PlaceRequest request_;
  std::string program_, device_;
  std::vector<std::string> models_;
  std::filesystem::path output_;
  bool measure_ = false, learn_ = false;
  int64_t repeat_ = 9;
};

}  // namespace

std::unique_ptr<Command> make_place() { return std::make_unique<Place>(); }

}  // namespace kernwise::cli
