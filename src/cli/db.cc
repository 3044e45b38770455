// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>

#include "commands.h"
#include "kernwise/report/store_report.h"
#include "kernwise/store/csv.h"
#include "suggest.h"

namespace kernwise::cli {
namespace {

const std::vector<std::string> kActions = {"stat", "merge", "diff", "import", "export", "nearest"};
constexpr const char* kActionWords = "stat, merge, diff, import, export or nearest";

bool is_database_file(const std::filesystem::path& path) { return path.extension() == ".db"; }

class Db final : public Command {
 public:
  CommandHelp help() const override {
    return {"db", "stat|merge|diff|import|export|nearest [PLACE...]",
            "bring measurement stores together, and look at them",
            "kernwise db merge laptop.db server.db --store all.db\n"
            "kernwise db diff all.db postgresql://host/measurements\n"
            "kernwise db export -o measurements.csv",
            "A place is a file or postgresql://... (docs/shared_stores.md).\n"
            "stat [PLACE]     what a store holds, by device, threads, protocol and libraries\n"
            "merge PLACE...   what those have and --store has not; a second time does nothing\n"
            "diff A [B]       what only one of them has (B: --store)\n"
            "import CSV...    measurements from CSV files into --store\n"
            "export           --store as CSV, or as a store of its own if -o ends in .db\n"
            "nearest          the devices of --store that are most like this one\n"
            "Nothing is ever changed or deleted: of two results of one experiment both stay."};
  }

  void declare(Arguments& arguments) override {
    arguments.positionals("ACTION", words_, kActionWords);
    arguments.text("--device", device_, "FINGERPRINT",
                   "nearest: to this device of the store; export: only its measurements");
    arguments.integer("--most", most_, 1, 1000, "nearest: so many devices (5)");
    arguments.flag("--strict", strict_, "diff: exit code 1 if there is a difference");
    arguments.path("-o,--output", output_, "FILE", "write the result there");
  }

  Result<int> run(Session& session) override {
    const std::string action = words_.empty() ? "" : words_.front();
    if (std::ranges::find(kActions, action) == kActions.end()) {
      const std::string meant = nearest(action, kActions);
      return invalid_input(
          action.empty() ? std::string("'db' needs to know what to do")
                         : "'db' cannot '" + action + "'",
          meant.empty() ? std::string(kActionWords) : "did you mean 'kernwise db " + meant + "'?");
    }
    places_.assign(words_.begin() + 1, words_.end());
    store_ = session.store().string();
    KERNWISE_TRY(check_writable(output_));
    if (action == "export") return export_store(session);
    session.deliver_to(output_);
    if (action == "stat") return stat(session);
    if (action == "merge") return merge(session);
    if (action == "diff") return diff(session);
    if (action == "import") return import(session);
    return nearest_device(session);
  }

 private:
  std::vector<ReportOption> options() const {
    std::vector<std::string> shown = words_;
    for (std::string& word : shown) word = shown_location(word);
    return {{"words", shown}, {"device", device_}, {"most", most_}, {"strict", strict_}};
  }

  Status take(std::size_t least, std::size_t most, const std::string& what) const {
    if (places_.size() >= least && places_.size() <= most) return Ok{};
    return invalid_input("'db " + words_.front() + "' needs " + what,
                         "'kernwise help db' has examples");
  }

  Result<int> stat(Session& session) {
    KERNWISE_TRY(take(0, 1, "one store at most"));
    KERNWISE_ASSIGN(const auto store,
                    open_store(places_.empty() ? store_ : places_.front(), StoreMode::kReadOnly));
    KERNWISE_ASSIGN(const StoreStatistics statistics, store_statistics(*store));
    KERNWISE_TRY(session.deliver(session.json()
                                     ? statistics_json(statistics, session.envelope(options()))
                                     : statistics_text(statistics, session.style())));
    return 0;
  }

  Result<int> merge(Session& session) {
    KERNWISE_TRY(take(1, 1000, "the stores to take over"));
    // All are looked at before anything is written.
    std::vector<std::unique_ptr<Store>> sources;
    for (const std::string& place : places_) {
      std::error_code ignored;
      if (place == store_ || std::filesystem::equivalent(place, store_, ignored)) {
        return invalid_input("is the store to merge into itself", "--store names another one")
            .within(shown_location(place));
      }
      KERNWISE_ASSIGN(auto source, open_store(place, StoreMode::kReadOnly));
      sources.push_back(std::move(source));
    }
    KERNWISE_ASSIGN(const auto target, open_store(store_, StoreMode::kReadWrite));
    std::vector<MergedSource> merged;
    for (const auto& source : sources) {
      session.progress().update(
          "Merging", static_cast<double>(merged.size()) / static_cast<double>(sources.size()),
          source->location());
      KERNWISE_ASSIGN(const MergeSummary summary, target->absorb(*source));
      merged.push_back({source->location(), summary});
    }
    return deliver_merged(session, "merge", target->location(), merged);
  }

  Result<int> import(Session& session) {
    KERNWISE_TRY(take(1, 1000, "the CSV files to read"));
    KERNWISE_ASSIGN(const auto target, open_store(store_, StoreMode::kReadWrite));
    std::vector<MergedSource> merged;
    for (const std::string& file : places_) {
      KERNWISE_ASSIGN(const MergeSummary summary, import_csv(file, *target));
      merged.push_back({file, summary});
    }
    return deliver_merged(session, "import", target->location(), merged);
  }

  Result<int> deliver_merged(Session& session, const std::string& action, const std::string& target,
                             const std::vector<MergedSource>& merged) {
    KERNWISE_TRY(session.deliver(
        session.json() ? merge_json(action, target, merged, session.envelope(options()))
                       : merge_text(target, merged, session.style())));
    return 0;
  }

  Result<int> diff(Session& session) {
    KERNWISE_TRY(take(1, 2, "one or two stores"));
    DiffReport report;
    KERNWISE_ASSIGN(const auto left, open_store(places_[0], StoreMode::kReadOnly));
    KERNWISE_ASSIGN(const auto right,
                    open_store(places_.size() > 1 ? places_[1] : store_, StoreMode::kReadOnly));
    report.left = left->location();
    report.right = right->location();
    KERNWISE_ASSIGN(report.difference, diff_stores(*left, *right));
    KERNWISE_TRY(session.deliver(session.json() ? diff_json(report, session.envelope(options()))
                                                : diff_text(report, session.style())));
    return strict_ && !report.difference.same() ? 1 : 0;
  }

  Result<int> export_store(Session& session) {
    KERNWISE_TRY(take(0, 0, "no place: --store is exported"));
    KERNWISE_ASSIGN(const auto store, open_store(store_, StoreMode::kReadOnly));
    if (is_database_file(output_)) {
      if (!device_.empty()) {
        return invalid_input("a store is exported as a whole", "leave --device out, or give a CSV")
            .within("--device");
      }
      if (std::filesystem::exists(output_)) {
        return invalid_input("is there already", "'kernwise db merge' adds to a store")
            .within(output_.string());
      }
      KERNWISE_ASSIGN(const auto copy, open_store(output_.string(), StoreMode::kReadWrite));
      KERNWISE_ASSIGN(const MergeSummary summary, copy->absorb(*store));
      return say_exported(session, summary.records_new);
    }
    KERNWISE_ASSIGN(const auto rows, store->query({.device = device_}));
    if (output_.empty() || output_ == "-") {
      if (session.json()) {
        return invalid_input("the measurements and the JSON result cannot both go to stdout",
                             "-o measurements.csv");
      }
      KERNWISE_TRY(session.deliver(to_csv(rows)));
      return 0;
    }
    KERNWISE_TRY(write_measurements_csv(rows, output_));
    return say_exported(session, static_cast<int64_t>(rows.size()));
  }

  Result<int> say_exported(Session& session, int64_t records) {
    if (session.json()) {
      KERNWISE_TRY(
          session.deliver(export_json(output_.string(), records, session.envelope(options()))));
    } else {
      session.say("wrote " + std::to_string(records) + " records to " + output_.string());
    }
    return 0;
  }

  Result<int> nearest_device(Session& session) {
    KERNWISE_TRY(take(0, 0, "no place: --store is asked"));
    KERNWISE_ASSIGN(const auto store, open_store(store_, StoreMode::kReadOnly));
    NearestReport report;
    report.device = describe_this_device();
    if (!device_.empty() && device_ != report.device.fingerprint) {
      KERNWISE_ASSIGN(const auto devices, store->devices());
      const auto found = std::ranges::find(devices, device_, &Device::fingerprint);
      if (found == devices.end()) {
        return invalid_input("the store knows no device '" + device_ + "'",
                             "'kernwise list devices' names them")
            .within("--device");
      }
      report.device = *found;
    }
    KERNWISE_ASSIGN(report.neighbours,
                    nearest_devices(*store, report.device, static_cast<int>(most_)));
    KERNWISE_TRY(session.deliver(session.json() ? nearest_json(report, session.envelope(options()))
                                                : nearest_text(report, session.style())));
    return 0;
  }

  std::vector<std::string> words_, places_;
  std::string store_, device_;
  int64_t most_ = 5;
  bool strict_ = false;
  std::filesystem::path output_;
};

}  // namespace

std::unique_ptr<Command> make_db() { return std::make_unique<Db>(); }

}  // namespace kernwise::cli
