// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "learned_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "kernwise/primitives/registry.h"
#include "kernwise/workflow/predicted_costs.h"
#include "probe.h"

namespace kernwise::detail {
namespace {

constexpr std::size_t kTrustedRuns = 6;
constexpr int kProbeRounds = 1, kVerifyRounds = 3;
constexpr std::size_t kProbeStep = 4, kVerifyStep = 8;  // problems measured at a time

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class LearnedCostsOf {
 public:
  LearnedCostsOf(const LoadedModel& network, const PlanRequest& request,
                 const std::vector<Measurement>& known, const Device& device,
                 const MachineContext& context, const ProfileOptions& profiling, Store* store,
                 Progress& progress, const StopFlag& stop)
      : network_(network), request_(request), device_(device), context_(context),
        profiling_(profiling), store_(store), progress_(progress), stop_(stop),
        problems_(problems_of(network.graph)) {
    for (const Measurement& m : known) usable_[m.key.problem].insert(m.key.primitive);
    measured_ = known;
  }

  Result<LearnedCosts> run() {
    const DeviceModelCard here =
        card_of_this_device(request_.threads, key_template(device_, profiling_).protocol);
    KERNWISE_ASSIGN(FoundModel found,
                    find_model(request_.learned.model, here.threads, here.protocol));
    summary().model = found.path.string();
    summary().model_device =
        found.model.card.source.empty() ? found.model.card.label : found.model.card.source;
    if (!model_is_of(found.model.card, here) && may_measure() && request_.learned.probe.value > 0) {
      KERNWISE_TRY(carry(found.model, here));
    } else {
      const auto conv = found.model.models.find(ProblemKind::kConv);
      if (conv != found.model.models.end()) summary().expected_error = conv->second.typical_error();
    }
    predicted_ = predict_problems(problems_, found.model, profiling_.execution);
    if (!request_.primitives.empty()) {
      for (PredictedProblem& one : predicted_) {
        std::erase_if(one.costs, [&](const KnownCost& cost) {
          return std::ranges::find(request_.primitives, cost.primitive) ==
                 request_.primitives.end();
        });
      }
    }
    KERNWISE_TRY(fall_back());
    if (may_measure() && request_.learned.verify_top > 0 && request_.learned.verify.value > 0) {
      KERNWISE_TRY(verify());
    }
    out_.costs = costs();
    return std::move(out_);
  }

 private:
  LearnedCostSummary& summary() { return out_.summary; }
  bool may_measure() const { return request_.budget.value > 0; }

  // Measures the pairs, as far as the time allows, and takes the results into account.
  Status measure(const Pairs& pairs, double seconds, int rounds) {
    if (pairs.empty()) return Ok{};
    std::vector<Problem> problems;
    for (const Problem& problem : problems_) {
      if (pairs.contains(to_string(problem))) problems.push_back(problem);
    }
    ProfileOptions options = profiling_;
    options.budget = Seconds{seconds};
    options.pairs = pairs;
    options.rounds = rounds;
    KERNWISE_TRY(profile(problems, device_, context_, options, *store_, progress_, stop_));
    const MeasurementKey key = key_template(device_, options);
    MeasurementFilter filter{.device = key.device,
                             .problems = {},
                             .threads = key.threads,
                             .protocol = key.protocol,
                             .libraries = key.libraries};
    for (const auto& [problem, ids] : pairs) {
      filter.problems.push_back(problem);
      usable_[problem].insert(ids.begin(), ids.end());
    }
    KERNWISE_ASSIGN(auto rows, store_->query(filter));
    rows = combine_repetitions(std::move(rows));
    std::erase_if(measured_, [&](const Measurement& m) { return pairs.contains(m.key.problem); });
    for (Measurement& m : rows) {
      if (usable_[m.key.problem].contains(m.key.primitive)) measured_.push_back(std::move(m));
    }
    return Ok{};
  }

  Status carry(DeviceModel& model, const DeviceModelCard& here) {
    const auto start = Clock::now();
    const auto predicted = predict_problems(problems_, model, profiling_.execution);
    const std::vector<std::size_t> order =
        probe_order(problems_, predicted, model, profiling_.seed);
    std::set<std::string> probed;
    for (std::size_t at = 0; at < order.size();) {
      const double left = request_.learned.probe.value - since(start);
      if (left <= 0) break;
      Pairs pairs;
      for (std::size_t step = 0; step < kProbeStep && at < order.size(); ++step, ++at) {
        const PredictedProblem& one = predicted[order[at]];
        pairs[one.problem] = promising(one);
        probed.insert(one.problem);
      }
      KERNWISE_TRY(measure(pairs, left, kProbeRounds));
    }
    std::vector<Measurement> samples;
    for (const Measurement& m : measured_) {
      if (m.status == MeasurementStatus::kOk && probed.contains(m.key.problem)) {
        samples.push_back(m);
      }
    }
    KERNWISE_ASSIGN(DeviceTransfer carried,
                    transfer_device_model(model, samples, here, primitive_families(),
                                          kDefaultTransfer, profiling_.seed));
    model = std::move(carried.model);
    summary().transferred = true;
    summary().probed = static_cast<int>(probed.size());
    summary().probe_measurements = static_cast<int64_t>(samples.size());
    summary().probe_s = since(start);
    for (const TransferReport& report : carried.reports) {
      if (report.kind == ProblemKind::kConv) summary().expected_error = report.expected_error;
    }
    return Ok{};
  }

  Status fall_back() {
    Pairs pairs;
    summary().problems = static_cast<int>(problems_.size());
    for (std::size_t i = 0; i < problems_.size(); ++i) {
      const PredictedProblem& one = predicted_[i];
      if (!one.costs.empty()) {
        ++summary().predicted;
        continue;
      }
      if (known_ok(one.problem)) continue;
      // A problem that only views solve needs no cost.
      if (one.unmodelled.empty() &&
          one.reason != "it lies outside of what the model was trained on")
        continue;
      summary().fallbacks.push_back(fmt::format("{}: {}", one.problem, one.reason));
      for (const Candidate& candidate : candidates(problems_[i], profiling_.execution)) {
        if (std::holds_alternative<Admitted>(candidate.applicability) &&
            !candidate.primitive->info().view) {
          pairs[one.problem].insert(candidate.primitive->info().id);
        }
      }
    }
    if (summary().fallbacks.empty()) return Ok{};
    const Fallback fallback = request_.learned.fallback;
    if (fallback == Fallback::kRoofline) {
      const Ceilings ceilings = measure_ceilings(request_.threads);
      for (const Problem& problem : problems_) {
        if (!pairs.contains(to_string(problem))) continue;
        const auto costs = roofline_costs(problem, ceilings, profiling_.execution);
        stand_ins_.insert(stand_ins_.end(), costs.begin(), costs.end());
      }
      return Ok{};
    }
    if (fallback == Fallback::kMeasure && may_measure()) {
      return measure(pairs, request_.budget.value, 0);
    }
    return unsupported(
        fmt::format("the model cannot predict {} of {} problems: {}", summary().fallbacks.size(),
                    problems_.size(), fmt::join(summary().fallbacks, "; ")),
        "--fallback measure measures them, --fallback roofline puts a bound in their place");
  }

  bool known_ok(const std::string& problem) const {
    return std::any_of(measured_.begin(), measured_.end(), [&](const Measurement& m) {
      return m.key.problem == problem && m.status == MeasurementStatus::kOk;
    });
  }

  // Few runs are a sample for the model, not the truth, where there is a model; but what was
  // verified once is not asked again, however the machine drifted meanwhile.
  std::vector<Measurement> trusted() const {
    std::set<std::string> modelled;
    for (const PredictedProblem& one : predicted_) {
      if (!one.costs.empty()) modelled.insert(one.problem);
    }
    std::vector<Measurement> list = measured_;
    std::erase_if(list, [&](const Measurement& m) {
      const auto tried = tried_.find(m.key.problem);
      if (tried != tried_.end() && tried->second.contains(m.key.primitive)) return false;
      return m.status == MeasurementStatus::kOk && m.runs_s.size() < kTrustedRuns &&
             modelled.contains(m.key.problem);
    });
    return list;
  }

  // Measured where there is a measurement, else predicted, else the stand-in. A problem whose
  // candidates were measured often enough keeps the measured ones only: the others had their chance.
  std::vector<KnownCost> costs() const {
    const std::vector<Measurement> measured = trusted();
    std::vector<KnownCost> all = known_costs(measured);
    Pairs tried;
    for (const Measurement& m : measured) tried[m.key.problem].insert(m.key.primitive);
    const auto add = [&](const KnownCost& cost) {
      const auto found = tried.find(cost.problem);
      if (found != tried.end() && found->second.contains(cost.primitive)) return;
      if (exhausted_.contains(cost.problem)) return;
      all.push_back(cost);
    };
    for (const PredictedProblem& one : predicted_)
      std::for_each(one.costs.begin(), one.costs.end(), add);
    std::for_each(stand_ins_.begin(), stand_ins_.end(), add);
    return all;
  }

  struct Risk {
    double weight = 0;  // seconds that may be lost
    std::string problem, primitive;
  };

  // What the best plan, as things are known now, stands on without measurement.
  Result<std::vector<Risk>> risks() const {
    KERNWISE_ASSIGN(CostTable table,
                    cost_table(network_.graph, costs(), request_.policy, profiling_.execution));
    KERNWISE_ASSIGN(const Selection selection, select_primitives(network_.graph, table));
    std::map<std::pair<std::string, std::string>, double> weights;
    for (std::size_t i = 0; i < table.layers.size(); ++i) {
      const CostOption& chosen = table.layers[i][static_cast<std::size_t>(selection.option[i])];
      if (chosen.provenance != "predicted") continue;
      const double width = std::min(chosen.high_s - chosen.low_s, 10 * chosen.time_s);
      weights[{to_string(network_.graph.layers[i].problem), chosen.primitive}] += width;
    }
    for (const SelectedTransform& t : selection.transforms) {
      if (t.primitive.empty()) continue;  // the bytes stay as they are
      const Problem problem{
          TransformProblem{network_.graph.values[static_cast<std::size_t>(t.value)].shape, t.from,
                           t.to},
          {}};
      weights[{to_string(problem), t.primitive}] += t.time_s;
    }
    Pairs done = tried_;
    for (const Measurement& m : trusted()) done[m.key.problem].insert(m.key.primitive);
    std::vector<Risk> list;
    for (const auto& [pair, weight] : weights) {
      const auto found = done.find(pair.first);
      if (found != done.end() && found->second.contains(pair.second)) continue;
      list.push_back({weight, pair.first, pair.second});
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const Risk& a, const Risk& b) { return a.weight > b.weight; });
    return list;
  }

  // Measures what the plan stands on, riskiest first; where a choice turns out slower than thought
  // the plan changes and its new choices are measured in turn, up to `verify_top` of a problem.
  Status verify() {
    const auto start = Clock::now();
    for (;;) {
      KERNWISE_ASSIGN(const std::vector<Risk> list, risks());
      if (list.empty()) {
        summary().verified_all = true;
        break;
      }
      const double left = request_.learned.verify.value - since(start);
      if (left <= 0) break;
      Pairs pairs;
      for (const Risk& risk : list) {
        if (pairs.size() >= kVerifyStep) break;
        pairs[risk.problem].insert(risk.primitive);
      }
      KERNWISE_TRY(measure(pairs, left, kVerifyRounds));
      for (const auto& [problem, ids] : pairs) {
        summary().verified += static_cast<int64_t>(ids.size());
        tried_[problem].insert(ids.begin(), ids.end());
        if (static_cast<int>(tried_[problem].size()) >= request_.learned.verify_top && known_ok(problem)) {
          exhausted_.insert(problem);
        }
      }
    }
    summary().verify_s = since(start);
    return Ok{};
  }

  const LoadedModel& network_;
  const PlanRequest& request_;
  const Device& device_;
  const MachineContext& context_;
  const ProfileOptions& profiling_;
  Store* store_;
  Progress& progress_;
  const StopFlag& stop_;
  std::vector<Problem> problems_;
  std::vector<Measurement> measured_;  // what may be used
  Pairs usable_;                       // the pairs of it
  std::vector<PredictedProblem> predicted_;
  std::vector<KnownCost> stand_ins_;
  Pairs tried_;  // by verification
  std::set<std::string> exhausted_;
  LearnedCosts out_;
};

}  // namespace

Result<LearnedCosts> learned_costs(const LoadedModel& network, const PlanRequest& request,
                                   const std::vector<Measurement>& known, const Device& device,
                                   const MachineContext& context, const ProfileOptions& profiling,
                                   Store* store, Progress& progress, const StopFlag& stop) {
  return LearnedCostsOf(network, request, known, device, context, profiling, store, progress, stop)
      .run();
}

void summarize(const CostTable& table, const Selection& selection, LearnedCostSummary& summary) {
  double predicted = 0, bounds = 0;
  summary.low_s = summary.high_s = selection.transforms_s;
  for (std::size_t i = 0; i < table.layers.size(); ++i) {
    const CostOption& chosen = table.layers[i][static_cast<std::size_t>(selection.option[i])];
    if (chosen.provenance == "predicted") predicted += chosen.time_s;
    if (chosen.provenance == "roofline") bounds += chosen.time_s;
    summary.low_s += chosen.low_s;
    summary.high_s += chosen.high_s;
  }
  if (selection.total_s > 0) {
    summary.predicted_share = (predicted + bounds) / selection.total_s;
    summary.fallback_share = bounds / selection.total_s;
  }
}

}  // namespace kernwise::detail
