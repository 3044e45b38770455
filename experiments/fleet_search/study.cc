// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "kernwise/fleet/pareto.h"
#include "kernwise/fleet/plan_fleet.h"
#include "kernwise/fleet/proxy_judges.h"
#include "kernwise/fleet/ranking.h"

namespace kernwise::experiments {
namespace {

// Everything that the known devices alone decide.
struct Prepared {
  std::vector<std::size_t> train;
  std::size_t proxy = 0;
  std::vector<int32_t> relevant;    // near the known devices' Pareto sets
  std::vector<int32_t> references;  // of them, best first
  std::unique_ptr<PriorBeliefs> beliefs;
  std::unique_ptr<ProxyJudges> judges;
  std::unique_ptr<ProxySearch> strict, layers;  // of the medoid
  std::unique_ptr<DeviceAwareModel> model;      // for the networks
  std::vector<DesignOptimizer> optimizers;      // labels, descent
};

Result<Prepared> prepare(const SearchData& data, const std::vector<std::size_t>& train,
                         const Values& values, const StudyOptions& options, bool networks) {
  Prepared p;
  p.train = train;
  p.relevant = promising_rows(data.table, train, values.mean, options.layers);
  p.proxy = medoid(data, train);
  std::vector<std::size_t> every(data.table.rows());
  std::iota(every.begin(), every.end(), std::size_t{0});
  Rng prior_rng(options.seed);
  KERNWISE_ASSIGN(const DevicePrior prior,
                  DevicePrior::learn(data.table, train, every, fleet_prior_options(), prior_rng));
  const std::vector<std::size_t> among(p.relevant.begin(), p.relevant.end());
  for (const std::size_t row : prior.choose({}, options.spread ? every : among,
                                            static_cast<std::size_t>(options.protocol.samples))) {
    p.references.push_back(static_cast<int32_t>(row));
  }
  p.beliefs = std::make_unique<PriorBeliefs>(prior, p.relevant, data.table.rows());
  p.judges = std::make_unique<ProxyJudges>(prior, data.table, train, fleet_proxy_rule());
  p.strict = std::make_unique<ProxySearch>(data, prior, p.proxy, values, 1);
  p.layers = std::make_unique<ProxySearch>(data, prior, p.proxy, values, 4);
  if (!networks) return p;
  KERNWISE_ASSIGN(DeviceAwareModel model, fit_device_aware(data.table, train));
  p.model = std::make_unique<DeviceAwareModel>(std::move(model));
  for (const auto training : {OptimizerTraining::kLabels, OptimizerTraining::kDescent}) {
    Rng rng(options.seed);
    OptimizerOptions network;
    network.training = training;
    KERNWISE_ASSIGN(DesignOptimizer optimizer,
                    train_optimizer(data.table, *p.model, values.mean, network, rng));
    p.optimizers.push_back(std::move(optimizer));
  }
  return p;
}

// Accuracies that are predicted, and all that follows from them: which designs are looked at, and
// which are measured first. Nothing of it may know the true ones.
struct BelievedValues {
  Values values;
  Prepared prepared;
};

Result<std::vector<BelievedValues>> prepare_predicted(const SearchData& data,
                                                      const std::vector<std::size_t>& train,
                                                      const std::vector<PredictedValues>& predicted,
                                                      const StudyOptions& options) {
  std::vector<BelievedValues> all;
  for (const PredictedValues& one : predicted) {
    KERNWISE_ASSIGN(Prepared prepared, prepare(data, train, one.values, options, false));
    all.push_back({one.values, std::move(prepared)});
  }
  return all;
}

int count(const ConstrainedChoice& choice) { return static_cast<int>(choice.measurements.size()); }

// Every known device as proxy for a target that is met by reference samples.
void decide(const SearchData& data, const Prepared& p, std::size_t target, Rng& rng,
            ProxyStudy& study) {
  const DeviceSamples samples = samples_from(measure_rows(data, target, p.references));
  for (const std::size_t proxy : p.train) {
    const auto costs = data.table.device_costs(proxy);
    const bool like = spearman(costs, data.table.device_costs(target)) >= fleet_proxy_rule().enough;
    const bool reused = p.judges->judge(proxy, samples, rng).use == ProxyUse::kReuse;
    ++study.pairs;
    study.like += like ? 1 : 0;
    if (reused) ++(like ? study.reused_like : study.reused_unlike);
  }
}

class Group {
 public:
  Group(std::string name, const SearchData& data, const StudyOptions& options)
      : name_(std::move(name)), data_(data), options_(options) {}

  // Every method on one target with what was prepared without it.
  void meet(std::size_t target, const Prepared& p, const Values& truth,
            const std::vector<BelievedValues>& predicted) {
    const std::string device =
        data_.table.devices[target] +
        (data_.simulated.contains(data_.table.devices[target]) ? " (simulated)" : "");
    targets_.push_back(device);
    const auto& protocol = options_.protocol;
    const std::vector<double> bounds = bounds_of(data_, target, protocol.quantiles);
    const auto unverified =
        unverified_choices(data_, *p.beliefs, p.references, target, truth, bounds, protocol);
    const std::span<const int32_t> first =
        std::span(p.references)
            .first(std::min(p.references.size(), static_cast<std::size_t>(protocol.references)));
    const auto references = measure_rows(data_, target, p.references);
    Rng rng(options_.seed);
    for (std::size_t b = 0; b < bounds.size(); ++b) {
      const double bound = bounds[b];
      const auto record = [&](const char* method, const ConstrainedChoice& choice) {
        tally(method).add(device, judge(data_, target, bound, choice.row, count(choice)));
      };
      record("approach 1: medoid's Pareto set",
             p.strict->choose(data_, target, truth, bound, protocol));
      record("approach 1: four Pareto layers",
             p.layers->choose(data_, target, truth, bound, protocol));
      record("few-shot, samples spent on the choice",
             adapted_choice(data_, *p.beliefs, first, target, truth, bound, protocol));
      record("few-shot, reference samples only", unverified[b]);
      for (const BelievedValues& one : predicted) {
        const std::span<const int32_t> own =
            std::span(one.prepared.references)
                .first(std::min(one.prepared.references.size(), first.size()));
        record(
            "few-shot with predicted accuracy",
            adapted_choice(data_, *one.prepared.beliefs, own, target, one.values, bound, protocol));
      }
      for (std::size_t k = 0; k < p.optimizers.size(); ++k) {
        const auto choice =
            optimizer_choice(data_, *p.model, p.optimizers[k], *p.beliefs, p.relevant, target,
                             references, truth, bound, protocol, rng);
        const char* forward[] = {"optimiser (labels), forward pass",
                                 "optimiser (descent), forward pass"};
        const char* projected[] = {"optimiser (labels), projected",
                                   "optimiser (descent), projected"};
        const char* repaired[] = {"optimiser (labels), repaired", "optimiser (descent), repaired"};
        const char* verified[] = {"optimiser (labels), repaired, five verify",
                                  "optimiser (descent), repaired, five verify"};
        const auto add = [&](const char* method, int32_t row) {
          tally(method).add(device, judge(data_, target, bound, row, protocol.samples));
        };
        add(forward[k], choice.forward);
        add(projected[k], choice.projected);
        add(repaired[k], choice.repaired);
        add(verified[k], choice.verified);
        if (k == 0) add("random start, repaired, five verify", choice.from_random);
        tally(projected[k]).took(choice.projected_s);
        tally(repaired[k]).took(choice.repaired_s);
        tally(verified[k]).took(choice.verified_s);
      }
    }
  }

  GroupResult result() const {
    GroupResult group{name_, targets_, {}};
    for (const auto& [method, one] : tallies_) {
      group.scores.push_back(one.score());
    }
    return group;
  }

 private:
  Tally& tally(const std::string& method) {
    for (auto& [name, one] : tallies_) {
      if (name == method) return one;
    }
    tallies_.emplace_back(method, Tally(method));
    return tallies_.back().second;
  }

  std::string name_;
  const SearchData& data_;
  const StudyOptions& options_;
  std::vector<std::string> targets_;
  std::vector<std::pair<std::string, Tally>> tallies_;
};

}  // namespace

double ProxyStudy::balanced_accuracy() const {
  const int unlike = pairs - like;
  if (like == 0 || unlike == 0) return 0;
  return 0.5 * (static_cast<double>(reused_like) / like +
                static_cast<double>(unlike - reused_unlike) / unlike);
}

double ProxyStudy::wrongly_reused() const {
  return pairs == like ? 0 : static_cast<double>(reused_unlike) / (pairs - like);
}

double ProxyStudy::wrong_of_reused() const {
  const int reused = reused_like + reused_unlike;
  return reused == 0 ? 0 : static_cast<double>(reused_unlike) / reused;
}

Result<StudyResult> run_study(const StudyOptions& options, const Say& say) {
  StudyResult result;
  KERNWISE_ASSIGN(const SearchData data, read_search_data(options.files));
  result.warnings = data.warnings;
  for (const std::size_t column : data.train) result.train.push_back(data.table.devices[column]);
  say(fmt::format("{} designs, {} cost columns", data.designs.size(), data.table.devices.size()));
  const Values truth{data.accuracy, {}};
  std::vector<PredictedValues> predicted;
  AccuracyStudy& accuracy = result.accuracy;
  accuracy.designs = options.accuracy_designs;
  accuracy.draws = options.draws;
  for (int draw = 0; draw < options.draws; ++draw) {
    Rng rng(options.seed + static_cast<uint64_t>(draw));
    KERNWISE_ASSIGN(PredictedValues values, predict_values(data, options.accuracy_designs, rng));
    const double share = 1.0 / options.draws;
    accuracy.kendall_mean += share * values.kendall;
    accuracy.kendall_least = std::min(accuracy.kendall_least, values.kendall);
    accuracy.spearman_mean += share * values.spearman;
    accuracy.error_mean += share * values.error;
    accuracy.coverage_mean += share * values.coverage;
    accuracy.own_kendall_mean += share * values.own_kendall;
    say(fmt::format("accuracy draw {}: Kendall {:.3f}", draw + 1, values.kendall));
    predicted.push_back(std::move(values));
  }
  // Settings are looked for here: no test device takes part.
  if (options.validate) {
    Group inner("train devices, each by the other ones", data, options);
    for (const std::size_t target : data.train) {
      std::vector<std::size_t> others = data.train;
      std::erase_if(others, [&](std::size_t one) { return data.twins->are(one, target); });
      KERNWISE_ASSIGN(const Prepared q, prepare(data, others, truth, options, options.optimizer));
      KERNWISE_ASSIGN(const auto believed, prepare_predicted(data, others, predicted, options));
      inner.meet(target, q, truth, believed);
      Rng rng(options.seed);
      decide(data, q, target, rng, result.decisions);
    }
    result.groups.push_back(inner.result());
    return result;
  }
  KERNWISE_ASSIGN(const Prepared p, prepare(data, data.train, truth, options, options.optimizer));
  result.proxy = data.table.devices[p.proxy];
  say("prepared on the train devices");
  Group test("test devices of the task", data, options);
  KERNWISE_ASSIGN(const auto believed, prepare_predicted(data, data.train, predicted, options));
  for (const std::size_t target : data.test) test.meet(target, p, truth, believed);
  result.groups.push_back(test.result());
  if (!data.extra.empty()) {
    Group extra("further costs, energy among them", data, options);
    for (const std::size_t target : data.extra) extra.meet(target, p, truth, {});
    result.groups.push_back(extra.result());
  }
  if (options.all_devices) {
    Group all("every device by all the others", data, options);
    std::vector<std::size_t> devices;
    Rng rng(options.seed);
    for (std::size_t i = 0; i < data.task_columns; ++i) devices.push_back(i);
    for (const std::size_t target : devices) {
      std::vector<std::size_t> others = devices;
      std::erase_if(others, [&](std::size_t one) { return data.twins->are(one, target); });
      KERNWISE_ASSIGN(const Prepared q, prepare(data, others, truth, options, false));
      all.meet(target, q, truth, {});
      decide(data, q, target, rng, result.decisions);
      say("met " + data.table.devices[target]);
    }
    result.groups.push_back(all.result());
  }
  return result;
}

}  // namespace kernwise::experiments
