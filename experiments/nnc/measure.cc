// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "cells.h"
#include "kernwise/base/format.h"
#include "kernwise/graph/work.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/primitives/resource.h"
#include "kernwise/profile/profiler.h"
#include "kernwise/store/store.h"
#include "point_inputs.h"

namespace kernwise::nnc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPiece = 50;  // points that are measured at a time
constexpr std::size_t kFirst = 10;  // of the first piece, from which the rest is estimated

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Measuring {
 public:
  Measuring(std::vector<KindData>& kinds, const MeasureOptions& options, const Say& say,
            const StopFlag& stop)
      : kinds_(kinds), options_(options), say_(say), stop_(stop), device_(describe_this_device()) {}

  Result<MeasureSummary> run() {
    for (const std::string& name : options_.resources) {
      const Resource* resource =
          find_resource(name);  // starts its driver, before threads are bound
      if (resource == nullptr || !resource->refusal().empty()) {
        return unsupported(
            fmt::format("the resource '{}' cannot be used: {}", name,
                        resource == nullptr ? "there is none of that name" : resource->refusal()),
            "'kernwise list resources' shows what there is");
      }
    }
    Cells cells = list_cells(kinds_, options_.resources, options_.primitives);
    cells_ = std::move(cells.list);
    summary_.refused = cells.refused;
    summary_.wanted = static_cast<int64_t>(cells_.size());
    std::filesystem::path again = options_.store;
    again += ".again";
    const StoreMode mode = options_.measure ? StoreMode::kReadWrite : StoreMode::kReadOnly;
    KERNWISE_ASSIGN(const std::unique_ptr<Store> first, open_sqlite_store(options_.store, mode));
    std::unique_ptr<Store> second;
    std::error_code ignored;
    if (options_.measure || std::filesystem::exists(again, ignored)) {
      KERNWISE_ASSIGN(second, open_sqlite_store(again, mode));
    }
    if (options_.measure) {
      if (pin_to_cpus(most_threads()).empty()) {
        summary_.warnings.push_back("the process could not be bound to processors");
      }
      start_ = Clock::now();
      // As many passes again for runs that were not kept, and what is then still without any run is
      // taken as it comes.
      for (int number = 1; number <= 2 * options_.runs + 1 && !out_of_time(); ++number) {
        const bool last = number > 2 * options_.runs;
        const int run = last ? 1 : std::min(number, options_.runs);
        KERNWISE_TRY(pass(*first, 1, run, !last));
        KERNWISE_TRY(pass(*second, options_.repeated, run, !last));
      }
      summary_.witness_asked = witness_.asked();
      summary_.witness_refused = witness_.refused();
      summary_.spent_s = since(start_);
    }
    KERNWISE_TRY(collect(*first, second.get()));
    return summary_;
  }

 private:
  int most_threads() const {
    int most = 1;
    for (const Cell& cell : cells_) most = std::max(most, cell.execution.threads);
    return most;
  }

  ProfileOptions profile_options(const Execution& execution, int runs = kRunsOfEach) const {
    ProfileOptions options;
    options.runs = runs;
    options.execution = execution;
    options.warm_weights = true;
    options.every_candidate = true;
    options.seed = options_.seed;
    return options;
  }

  // Points [0, share) of every kind, in pieces: a piece of each kind in turn. Afterwards every
  // candidate has `runs` runs, but for those that the witness did not let pass.
  Status pass(Store& store, double share, int runs, bool witnessed) {
    std::size_t most = 0;
    std::vector<std::size_t> until;
    for (const KindData& kind : kinds_) {
      const auto count =
          static_cast<std::size_t>(std::llround(share * static_cast<double>(kind.points.size())));
      until.push_back(count);
      most = std::max(most, count);
    }
    const bool all = share == 1;
    const std::string name =
        fmt::format("{} {} of {}", all ? "pass" : "repeated pass", runs, options_.runs);
    KERNWISE_TRY(list_missing(store, runs));
    if (std::ranges::none_of(missing_, [](bool missing) { return missing; })) return Ok{};
    KERNWISE_TRY(learn_rates(store));
    for (std::size_t from = 0; from < most;) {
      const std::size_t to = std::min(most, from == 0 ? kFirst : from + kPiece);
      const auto piece_start = Clock::now();
      for (std::size_t k = 0; k < kinds_.size(); ++k) {
        KERNWISE_TRY(piece(store, k, from, std::min(to, until[k]), runs, witnessed));
        if (out_of_time()) {
          summary_.warnings.push_back(
              fmt::format("the budget of {} ended {} at {} of {} points; the same command goes on",
                          format_seconds(options_.budget), name, from, most));
          return Ok{};
        }
      }
      if (from == 0 && runs == 1) {
        KERNWISE_TRY(learn_rates(store));
        // A first piece that was in the store already says nothing about the wall time.
        const double one = estimate(until, 0, to, true);
        if (one > 0) factor_ = since(piece_start) / one;
      }
      const double later = (options_.runs - runs) * estimate(until, 0, most, false);
      const double left = factor_ * (estimate(until, to, most, true) + later);
      if (from == 0 && runs == 1 && all) summary_.expected_s = left + since(start_);
      if (from == 0 || to == most) {
        say_(fmt::format("{}: {} of {} points of each kind; about {:.0f} s to go, {:.0f} s spent",
                         name, to, most, left, since(start_)));
      }
      from = to;
    }
    return Ok{};
  }

  bool out_of_time() const { return since(start_) > options_.budget.value; }

  // Points [from, to) of a kind, one execution after the other.
  Status piece(Store& store, std::size_t kind, std::size_t from, std::size_t to, int runs,
               bool witnessed) {
    std::map<Execution, std::map<std::string, std::set<std::string>>> pairs;
    std::map<Execution, std::vector<Problem>> problems;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const Cell& cell = cells_[i];
      if (!missing_[i] || cell.kind != kind || cell.point < from || cell.point >= to) continue;
      const Problem& problem = kinds_[kind].points[cell.point].problem;
      auto& ids = pairs[cell.execution][to_string(problem)];
      if (ids.empty()) problems[cell.execution].push_back(problem);
      ids.insert(cell.primitive->info().id);
    }
    for (auto& [execution, list] : problems) {
      ProfileOptions options = profile_options(execution, runs);
      options.pairs = std::move(pairs[execution]);
      options.witness = witnessed ? &witness_ : nullptr;
      options.budget = {std::max(0.1, options_.budget.value - since(start_))};
      MachineContext context = describe_context();
      context.libraries = session_library_versions(execution.resource);
      SilentProgress silent;
      KERNWISE_ASSIGN(const ProfileSummary summary,
                      profile(list, device_, context, options, store, silent, stop_));
      worst_drift_ = std::max(worst_drift_, summary.worst_drift);
      if (out_of_time()) break;
    }
    return Ok{};
  }

  // (primitive, execution) -> measurements by problem.
  using Found = std::map<std::pair<std::string, std::string>, Measurement>;
  Result<Found> found(const Store& store, const Execution& execution) const {
    const MeasurementKey key = key_template(device_, profile_options(execution));
    KERNWISE_ASSIGN(std::vector<Measurement> all, combined_measurements(store, key, {}));
    Found result;
    for (Measurement& m : all) {
      if (m.status != MeasurementStatus::kOk || m.runs_s.empty()) continue;
      const Primitive* primitive = find_primitive(m.key.primitive);
      if (primitive == nullptr || primitive->info().revision != m.key.revision) continue;
      result[{m.key.problem, m.key.primitive}] = std::move(m);
    }
    return result;
  }
  Result<std::map<Execution, Found>> found_all(const Store& store) const {
    std::map<Execution, Found> result;
    for (const Cell& cell : cells_) {
      if (result.contains(cell.execution)) continue;
      KERNWISE_ASSIGN(result[cell.execution], found(store, cell.execution));
    }
    return result;
  }

  double time_of(const Measurement& m) const {
    return options_.fastest ? std::ranges::min(m.runs_s) : m.median_s;
  }

  double work_of(const Cell& cell) const {
    return work(kinds_[cell.kind].points[cell.point].problem, cell.primitive->info().work);
  }

  // Seconds for each unit of work, of every variant on every resource, from what is measured.
  Status learn_rates(const Store& store) {
    KERNWISE_ASSIGN(const auto known, found_all(store));
    std::map<std::pair<const Primitive*, Execution>, std::pair<double, double>> sums;
    for (const Cell& cell : cells_) {
      const auto& of = known.at(cell.execution);
      const auto at = of.find(
          {to_string(kinds_[cell.kind].points[cell.point].problem), cell.primitive->info().id});
      if (at == of.end()) continue;
      auto& [time, amount] = sums[{cell.primitive, cell.execution}];
      time += at->second.median_s;
      amount += work_of(cell);
    }
    for (const auto& [key, sum] : sums) rates_[key] = sum.first / sum.second;
    return Ok{};
  }

  // Which cells the store had too few runs of before the pass.
  Status list_missing(const Store& store, int runs) {
    KERNWISE_ASSIGN(const auto known, found_all(store));
    missing_.clear();
    for (const Cell& cell : cells_) {
      const Problem& problem = kinds_[cell.kind].points[cell.point].problem;
      const auto& of = known.at(cell.execution);
      const auto at = of.find({to_string(problem), cell.primitive->info().id});
      const std::vector<double> none;
      const std::vector<double>& made = at == of.end() ? none : at->second.runs_s;
      missing_.push_back(std::ssize(made) < runs_of_each(made, runs));
    }
    return Ok{};
  }

  // Of one run of every cell (`missing`: of those that miss one) among points [from, to) of each
  // kind, at most until[kind].
  double estimate(const std::vector<std::size_t>& until, std::size_t from, std::size_t to,
                  bool missing) const {
    double seconds = 0;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const Cell& cell = cells_[i];
      if (cell.point < from || cell.point >= std::min(to, until[cell.kind])) continue;
      if (missing && !missing_[i]) continue;
      const auto rate = rates_.find({cell.primitive, cell.execution});
      // A tenth of a millisecond for what comes with every cell whatever its work.
      seconds += 1e-4 + (rate == rates_.end() ? 0 : rate->second * work_of(cell));
    }
    return seconds;
  }

  Status collect(const Store& first, const Store* second) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    KERNWISE_ASSIGN(const auto known, found_all(first));
    std::map<Execution, Found> repeated;
    if (second != nullptr) {
      KERNWISE_ASSIGN(repeated, found_all(*second));
    }
    std::map<std::tuple<std::size_t, const Primitive*, std::string>, Combination> all;
    for (const Cell& cell : cells_) {
      const Point& point = kinds_[cell.kind].points[cell.point];
      const std::pair key{to_string(point.problem), cell.primitive->info().id};
      const auto& of = known.at(cell.execution);
      const auto at = of.find(key);
      if (at == of.end()) continue;
      ++summary_.measured;
      std::string resource = cell.execution.resource;
      if (options_.threads_apart && resource == "cpu") {
        resource += fmt::format("/{}", cell.execution.threads);
      }
      Combination& c = all[{cell.kind, cell.primitive, resource}];
      if (c.rows() == 0) {
        c.kind = kinds_[cell.kind].kind;
        c.variant = cell.primitive->info().id;
        c.resource = resource;
      }
      KERNWISE_TRY(
          add_inputs(point.problem, cell.execution.threads, cell.primitive->info().work, c));
      c.time_s.push_back(time_of(at->second));
      c.shape.push_back(static_cast<int64_t>(cell.point));
      double other = kNan;
      if (const auto store = repeated.find(cell.execution); store != repeated.end()) {
        if (const auto m = store->second.find(key); m != store->second.end()) {
          other = time_of(m->second);
        }
      }
      c.again_s.push_back(other);
    }
    for (auto& [key, combination] : all) {
      kinds_[std::get<0>(key)].combinations.push_back(std::move(combination));
    }
    for (KindData& kind : kinds_) {
      std::ranges::sort(kind.combinations, {}, &Combination::name);
    }
    if (worst_drift_ > kMaxReferenceDrift) {
      summary_.warnings.push_back(
          fmt::format("the machine's speed drifted by up to {}", format_percent(worst_drift_)));
    }
    return Ok{};
  }

  std::vector<KindData>& kinds_;
  const MeasureOptions& options_;
  const Say& say_;
  const StopFlag& stop_;
  const Device device_;
  std::vector<Cell> cells_;
  std::map<std::pair<const Primitive*, Execution>, double> rates_;
  Clock::time_point start_{};
  std::vector<bool> missing_;  // per cell: in the pass that is being made
  double factor_ = 2;  // wall time over one run of everything: an untimed run comes with each
  Witness witness_;
  double worst_drift_ = 0;
  MeasureSummary summary_;
};

}  // namespace

Result<MeasureSummary> measure(std::vector<KindData>& kinds, const MeasureOptions& options,
                               const Say& say, const StopFlag& stop) {
  Measuring measuring(kinds, options, say, stop);
  return measuring.run();
}

}  // namespace kernwise::nnc
