// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <charconv>

#include "commands.h"
#include "kernwise/base/file.h"
#include "kernwise/report/compare_report.h"
#include "kernwise/report/read_results.h"
#include "kernwise/workflow/file_kind.h"

namespace kernwise::cli {
namespace {

constexpr Bytes kLargestDocument{64 << 20};

std::string_view words_of(FileKind kind) {
  switch (kind) {
    case FileKind::kNetwork: return "nothing that can be compared";
    case FileKind::kJson: return "a plan or a run";
    case FileKind::kStore: return "a store";
    case FileKind::kModel: return "a model of a device";
  }
  return "";
}

// "3" or "3%", as a ratio.
Result<double> parse_percent(std::string_view text) {
  if (text.ends_with('%')) text.remove_suffix(1);
  double percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  if (error != std::errc() || end != text.data() + text.size() ||
      !(percent >= 0 && percent <= 1e6)) {
    return invalid_input("not a number of percent from 0 to 1000000", "--fail-if-slower 3%")
        .within("--fail-if-slower");
  }
  return percent / 100;
}

class Compare final : public Command {
 public:
  CommandHelp help() const override {
    return {
        "compare", "A B [--fail-if-slower PERCENT]",
        "what is different between two plans, runs, models or stores",
        "kernwise run base.plan.json --profile --json > base.json\n"
        "kernwise run now.plan.json --profile --json > now.json\n"
        "kernwise compare base.json now.json --fail-if-slower 3%",
        "Both are of one kind, which is told by their content: plan files (or what plan --json\n"
        "printed), what run --json printed, models (.kwm), stores (a file or postgresql://).\n"
        "Steps of runs are compared where both have --profile.\n"
        "--fail-if-slower P exits 1 if B takes more than P percent longer than A: the medians\n"
        "of runs, the predicted totals of plans, the geometric mean over the experiments that "
        "both\n"
        "stores have. Without it the exit code is 0 whatever differs."};
  }

  void declare(Arguments& arguments) override {
    arguments.positionals("A B", words_, "two plans, runs, models or stores");
    arguments.text("--fail-if-slower", percent_, "PERCENT",
                   "exit 1 if B is slower than A by more than this");
    arguments.flag("--all", all_, "show what is the same too");
    arguments.path("-o,--output", output_, "FILE", "write the result there");
    arguments_ = &arguments;
  }

  Result<int> run(Session& session) override {
    if (words_.size() != 2) {
      return invalid_input(fmt::format("'compare' takes two things, not {}", words_.size()),
                           "kernwise compare old.plan.json new.plan.json");
    }
    KERNWISE_TRY(check_writable(output_));
    session.deliver_to(output_);
    KERNWISE_ASSIGN(Comparison comparison, compared());
    CompareReport report{.a = shown_location(words_[0]),
                         .b = shown_location(words_[1]),
                         .comparison = std::move(comparison),
                         .fail_if_slower = {}};
    if (arguments_->given("--fail-if-slower")) {
      if (!report.comparison.slowdown) {
        return invalid_input("there is no slowdown to judge: " + report.comparison.slowdown_of,
                             "leave --fail-if-slower out")
            .within("--fail-if-slower");
      }
      KERNWISE_ASSIGN(report.fail_if_slower, parse_percent(percent_));
    }
    KERNWISE_TRY(session.deliver(session.json()
                                     ? compare_json(report, session.envelope(options(report)))
                                     : compare_text(report, all_, session.style())));
    if (report.passed()) return 0;
    session.say(fmt::format("B is {:.1f} % slower than A; {} % was allowed",
                            100 * (report.comparison.slowdown->ratio - 1),
                            100 * *report.fail_if_slower));
    return static_cast<int>(ErrorCode::kCriterionFailed);
  }

 private:
  std::vector<ReportOption> options(const CompareReport& report) const {
    return {{"a", report.a}, {"b", report.b}, {"all", all_}, {"output", output_.string()}};
  }

  Error mixed(std::string_view a, std::string_view b) const {
    return invalid_input(fmt::format("'{}' is {}, '{}' is {}", shown_location(words_[0]), a,
                                     shown_location(words_[1]), b),
                         "compare two plans, two runs, two models or two stores");
  }

  Result<Comparison> compared() const {
    const FileKind kind = file_kind(words_[0]), other = file_kind(words_[1]);
    if (kind == FileKind::kJson && other == FileKind::kJson) return documents();
    if (kind != other || kind == FileKind::kNetwork) {
      for (const std::string& word : words_) {  // what cannot be opened is the first thing to say
        if (file_kind(word) == FileKind::kNetwork) KERNWISE_TRY(read_file(word, kLargestDocument));
      }
      return mixed(words_of(kind), words_of(other));
    }
    if (kind == FileKind::kModel) {
      KERNWISE_ASSIGN(const DeviceModel a, DeviceModel::load(words_[0]));
      KERNWISE_ASSIGN(const DeviceModel b, DeviceModel::load(words_[1]));
      return compare_models(a, b);
    }
    KERNWISE_ASSIGN(const auto a, open_store(words_[0], StoreMode::kReadOnly));
    KERNWISE_ASSIGN(const auto b, open_store(words_[1], StoreMode::kReadOnly));
    return compare_stores(*a, *b);
  }

  Result<Comparison> documents() const {
    KERNWISE_ASSIGN(const std::string text_a, read_file(words_[0], kLargestDocument));
    KERNWISE_ASSIGN(const std::string text_b, read_file(words_[1], kLargestDocument));
    KERNWISE_ASSIGN(const auto a, read_plan_or_run(text_a, words_[0]));
    KERNWISE_ASSIGN(const auto b, read_plan_or_run(text_b, words_[1]));
    const auto* plan_a = std::get_if<Plan>(&a);
    const auto* plan_b = std::get_if<Plan>(&b);
    if ((plan_a == nullptr) != (plan_b == nullptr)) {
      return mixed(plan_a != nullptr ? "a plan" : "a run", plan_b != nullptr ? "a plan" : "a run");
    }
    if (plan_a != nullptr) return compare_plans(*plan_a, *plan_b);
    return compare_runs(std::get<RunOutcome>(a), std::get<RunOutcome>(b));
  }

  std::vector<std::string> words_;
  std::string percent_;
  bool all_ = false;
  std::filesystem::path output_;
  const Arguments* arguments_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> make_compare() { return std::make_unique<Compare>(); }

}  // namespace kernwise::cli
