// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "learned_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
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

bool holds(const Pairs& pairs, const MeasurementKey& key) {
  const auto found = pairs.find(key.problem);
  return found != pairs.end() && found->second.contains(key.primitive);
}

class LearnedCostsOf {
 public:
  LearnedCostsOf(const LoadedModel& network, const PlanRequest& request,
                 const std::vector<Measurement>& known, const Device& device,
                 const MachineContext& context, const ProfileOptions& profiling, Store* store,
                 Progress& progress, const StopFlag& stop)
      : network_(network), request_(request), device_(device), context_(context),
        profiling_(profiling), store_(store), progress_(progress), stop_(stop),
        problems_(problems_of(network.graph)), measured_(known) {
    for (const Measurement& m : known) usable_[m.key.problem].insert(m.key.primitive);
    given_ = usable_;
  }

  Result<LearnedCosts> run() {
    const DeviceModelCard here =
        card_of_this_device(request_.threads, key_template(device_, profiling_).protocol);
    KERNWISE_ASSIGN(FoundModel found,
                    find_model(request_.learned.model, here.threads, here.protocol));
    DeviceModel& model = found.model;
    summary().model = found.path.string();
    summary().model_device = model.card.source.empty() ? model.card.label : model.card.source;
    summary().model_threads = model.card.trained_threads;
    summary().expected_error = std::numeric_limits<double>::quiet_NaN();
    if (model_is_of(model.card, here)) {
      predicted_ = predict_problems(problems_, model, profiling_.execution);
      note_error(model);
    } else {
      KERNWISE_TRY(carry(model, here));
    }
    drop_what_is_not_asked_for();
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
  bool asked_for(const std::string& primitive) const {
    return request_.primitives.empty() ||
           std::ranges::find(request_.primitives, primitive) != request_.primitives.end();
  }
  void warn(std::string text) { out_.warnings.push_back(std::move(text)); }

  void note_error(const DeviceModel& model) {
    const auto conv = model.models.find(ProblemKind::kConv);
    if (conv != model.models.end() && conv->second.typical_error() > 0) {
      summary().expected_error = conv->second.typical_error();
    }
  }

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
    KERNWISE_ASSIGN(const ProfileSummary done,
                    profile(problems, device_, context_, options, *store_, progress_, stop_));
    worst_drift_ = std::max(worst_drift_, done.worst_drift);
    std::vector<std::string> names;
    for (const auto& [problem, ids] : pairs) {
      names.push_back(problem);
      usable_[problem].insert(ids.begin(), ids.end());
    }
    KERNWISE_ASSIGN(auto rows, combined_measurements(*store_, key_template(device_, options),
                                                     std::move(names)));
    std::erase_if(measured_, [&](const Measurement& m) { return pairs.contains(m.key.problem); });
    for (Measurement& m : rows) {
      if (holds(usable_, m.key)) measured_.push_back(std::move(m));
    }
    return Ok{};
  }

  bool known_ok(const std::string& problem) const {
    return std::any_of(measured_.begin(), measured_.end(), [&](const Measurement& m) {
      return m.key.problem == problem && m.status == MeasurementStatus::kOk;
    });
  }

  // A model of another device: measurements of the network's problems carry it to this one. Those
  // that there are already count; more are made while there is time.
  Status carry(const DeviceModel& model, const DeviceModelCard& here) {
    const auto start = Clock::now();
    auto predicted = predict_problems(problems_, model, profiling_.execution);
    std::set<std::string> probed;
    const double time = may_measure() ? request_.learned.probe.value : 0;
    const std::vector<std::size_t> order =
        probe_order(problems_, predicted, model, profiling_.seed);
    for (std::size_t at = 0; at < order.size();) {
      Pairs pairs;
      for (; pairs.size() < kProbeStep && at < order.size(); ++at) {
        const PredictedProblem& one = predicted[order[at]];
        if (known_ok(one.problem)) {
          probed.insert(one.problem);
          continue;
        }
        std::set<std::string> ids = promising(one);
        std::erase_if(ids, [&](const std::string& id) { return !asked_for(id); });
        if (!ids.empty()) pairs[one.problem] = std::move(ids);
      }
      const double left = time - since(start);
      if (left <= 0) continue;  // the rest may still be known
      KERNWISE_TRY(measure(pairs, left, kProbeRounds));
      for (const auto& [problem, ids] : pairs) probed.insert(problem);
    }
    std::vector<Measurement> samples;
    for (const Measurement& m : measured_) {
      if (m.status == MeasurementStatus::kOk && probed.contains(m.key.problem)) {
        samples.push_back(m);
      }
    }
    if (samples.empty()) return stand_for_another(model, here, std::move(predicted));
    KERNWISE_ASSIGN(DeviceTransfer carried,
                    transfer_device_model(model, samples, here, primitive_families(),
                                          kDefaultTransfer, profiling_.seed));
    summary().transferred = true;
    summary().probed = static_cast<int>(probed.size());
    summary().probe_measurements = static_cast<int64_t>(samples.size());
    summary().probe_s = since(start);
    note_error(carried.model);
    predicted_ = predict_problems(problems_, carried.model, profiling_.execution);
    return Ok{};
  }

  // Nothing of this device is known, and nothing was to be measured: the other device's times
  // stand, said to be its own. Where measuring was allowed there is no need for them.
  Status stand_for_another(const DeviceModel& model, const DeviceModelCard& here,
                           std::vector<PredictedProblem> predicted) {
    if (model.card.threads != here.threads || model.card.protocol != here.protocol) {
      return invalid_input(
          fmt::format("the model is for {} thread(s) and protocol {}, asked are {} and {}",
                      model.card.threads, model.card.protocol, here.threads, here.protocol),
          "'kernwise transfer' carries it over, or give a model for these");
    }
    predicted_ = std::move(predicted);
    if (may_measure() && request_.learned.probe.value > 0) {
      for (PredictedProblem& one : predicted_) {
        one.costs.clear();
        if (one.reason.empty()) one.reason = "nothing of this device could be sampled";
      }
    } else {
      warn(fmt::format("the times are those of another device ({}); nothing was measured here",
                       summary().model_device));
    }
    return Ok{};
  }

  void drop_what_is_not_asked_for() {
    std::set<std::string> unknown;
    for (PredictedProblem& one : predicted_) {
      std::erase_if(one.costs, [&](const KnownCost& c) { return !asked_for(c.primitive); });
      for (const std::string& id : one.unmodelled) {
        if (asked_for(id) && !one.costs.empty()) unknown.insert(id);
      }
    }
    summary().unmodelled.assign(unknown.begin(), unknown.end());
    if (!unknown.empty()) {
      warn(
          fmt::format("the model does not know {} of the primitives that apply, which were not "
                      "considered: {}",
                      unknown.size(), fmt::join(unknown, ", ")));
    }
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
      for (const Candidate& candidate : candidates(problems_[i], profiling_.execution)) {
        const PrimitiveInfo& info = candidate.primitive->info();
        if (std::holds_alternative<Admitted>(candidate.applicability) && !info.view &&
            asked_for(info.id)) {
          pairs[one.problem].insert(info.id);
        }
      }
      // What only views solve needs no cost.
      if (!pairs.contains(one.problem)) continue;
      summary().fallbacks.push_back(fmt::format("{}: {}", one.problem, one.reason));
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
        may_measure() ? "--fallback measure measures them, --fallback roofline puts a bound in "
                        "their place"
                      : "--fallback roofline puts a bound in their place");
  }

  // A few runs of a probe are a sample for the model, not the truth; what was verified once is not
  // asked again, however the machine drifted meanwhile, and what was given is as it is.
  std::vector<Measurement> trusted() const {
    std::set<std::string> modelled;
    for (const PredictedProblem& one : predicted_) {
      if (!one.costs.empty()) modelled.insert(one.problem);
    }
    std::vector<Measurement> list = measured_;
    std::erase_if(list, [&](const Measurement& m) {
      return m.status == MeasurementStatus::kOk && m.runs_s.size() < kTrustedRuns &&
             !holds(tried_, m.key) && !holds(given_, m.key) && modelled.contains(m.key.problem);
    });
    return list;
  }

  // Measured where there is a measurement, else predicted, else the stand-in. A problem whose
  // candidates were measured often enough keeps only the measured ones: the rest had its chance.
  std::vector<KnownCost> costs() const {
    const std::vector<Measurement> measured = trusted();
    std::vector<KnownCost> all = known_costs(measured);
    Pairs known;
    for (const Measurement& m : measured) known[m.key.problem].insert(m.key.primitive);
    const auto add = [&](const KnownCost& cost) {
      const auto found = known.find(cost.problem);
      if (found != known.end() && found->second.contains(cost.primitive)) return;
      if (!exhausted_.contains(cost.problem)) all.push_back(cost);
    };
    for (const PredictedProblem& one : predicted_) std::ranges::for_each(one.costs, add);
    std::ranges::for_each(stand_ins_, add);
    return all;
  }

  struct Risk {
    double weight = 0;  // seconds that may be lost
    std::string problem, primitive;
  };

  // What the best plan, as things are known now, stands on without measurement.
  Result<std::vector<Risk>> risks() const {
    KERNWISE_ASSIGN(const CostTable table,
                    cost_table(network_.graph, costs(), request_.policy, profiling_.execution));
    KERNWISE_ASSIGN(const Selection selection, select_primitives(network_.graph, table));
    std::map<std::pair<std::string, std::string>, double> weights;
    const auto add = [&](const Problem& problem, const std::string& primitive,
                         const std::string& provenance, double width, double time) {
      if (provenance != "predicted" && provenance != "roofline") return;
      weights[{to_string(problem), primitive}] += std::clamp(width, 0.1 * time, 10 * time);
    };
    for (std::size_t i = 0; i < table.layers.size(); ++i) {
      const CostOption& o = table.layers[i][static_cast<std::size_t>(selection.option[i])];
      add(network_.graph.layers[i].problem, o.primitive, o.provenance, o.high_s - o.low_s,
          o.time_s);
    }
    for (const SelectedTransform& t : selection.transforms) {
      const auto value = static_cast<std::size_t>(t.value);
      const TransformCost& cost = table.transforms[value].at({t.from, t.to});
      add({TransformProblem{network_.graph.values[value].shape, t.from, t.to}, {}}, t.primitive,
          cost.provenance, cost.high_s - cost.low_s, cost.time_s);
    }
    std::vector<Risk> list;
    for (const auto& [pair, weight] : weights) list.push_back({weight, pair.first, pair.second});
    std::ranges::stable_sort(list, std::greater<>(), &Risk::weight);
    return list;
  }

  // Measures what the plan stands on, riskiest first; where a choice turns out slower than thought
  // the plan changes and its new choices are measured in turn, up to `verify_top` of a problem.
  Status verify() {
    const auto start = Clock::now();
    for (bool news = true; news;) {
      news = false;
      KERNWISE_ASSIGN(const std::vector<Risk> list, risks());
      const double left = request_.learned.verify.value - since(start);
      if (list.empty() || left <= 0) break;
      Pairs pairs;
      for (const Risk& risk : list) {
        if (pairs.size() >= kVerifyStep) break;
        pairs[risk.problem].insert(risk.primitive);
      }
      KERNWISE_TRY(measure(pairs, left, kVerifyRounds));
      for (const Measurement& m : measured_) {
        if (!holds(pairs, m.key)) continue;
        news = tried_[m.key.problem].insert(m.key.primitive).second || news;
        summary().verified += 1;
        const auto most = static_cast<std::size_t>(request_.learned.verify_top);
        if (tried_[m.key.problem].size() >= most && known_ok(m.key.problem)) {
          exhausted_.insert(m.key.problem);
        }
      }
    }
    summary().verify_s = since(start);
    if (worst_drift_ > kMaxReferenceDrift) {
      warn(
          fmt::format("the machine's speed drifted by up to {:.0f} % while measuring (see "
                      "'kernwise doctor')",
                      100 * worst_drift_));
    }
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
  Pairs usable_, given_;               // the pairs of it; those that were there before
  std::vector<PredictedProblem> predicted_;
  std::vector<KnownCost> stand_ins_;
  Pairs tried_;  // by verification
  std::set<std::string> exhausted_;
  double worst_drift_ = 0;
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
  const auto add = [&](const std::string& provenance, double time, double low, double high) {
    if (provenance == "predicted") predicted += time;
    if (provenance == "roofline") bounds += time;
    summary.low_s += low;
    summary.high_s += high;
  };
  for (std::size_t i = 0; i < table.layers.size(); ++i) {
    const CostOption& o = table.layers[i][static_cast<std::size_t>(selection.option[i])];
    add(o.provenance, o.time_s, o.low_s, o.high_s);
  }
  for (const SelectedTransform& t : selection.transforms) {
    const TransformCost& cost =
        table.transforms[static_cast<std::size_t>(t.value)].at({t.from, t.to});
    add(cost.provenance, cost.time_s, cost.low_s, cost.high_s);
  }
  summary.verified_all = predicted + bounds == 0;
  if (selection.total_s <= 0) return;
  summary.predicted_share = (predicted + bounds) / selection.total_s;
  summary.fallback_share = bounds / selection.total_s;
}

}  // namespace kernwise::detail
