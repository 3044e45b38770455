// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "../rank_correlation.h"
#include "cells.h"
#include "design.h"
#include "kernwise/base/statistics.h"
#include "sampler.h"
#include "surrogate.h"

namespace kernwise::halide {
namespace {

using Indices = std::vector<std::size_t>;

// Shares of a workload's time, by when each part has to be over.
constexpr double kFirstUntil = 0.44, kTrainingUntil = 0.60, kHeldOutUntil = 0.78;

// Measured however late it is: with less there is no model, and no rank correlation.
constexpr std::size_t kFewestTraining = 16, kFewestHeldOut = 10;

class Study {
 public:
  Study(const Workload& workload, std::vector<Frame>& frames, const Options& options, Cache& cache,
        const Clock& clock)
      : workload_(workload), frames_(frames), options_(options), clock_(clock), rng_(options.seed),
        sampler_(workload, frames, options.threads, cache) {}

  Result<WorkloadResult> run(const Device& device);

 private:
  bool late(double share) const {
    return clock_.elapsed_s() > clock_.begin_s + share * (clock_.end_s - clock_.begin_s);
  }
  void draw();
  Status measure_training();
  Status measure_held_out();
  Result<std::vector<Surrogate>> fit();
  Indices most_promising(const std::vector<Surrogate>& models) const;
  Indices ranked(const Surrogate& model, int64_t n, int threads, const Indices& from) const;
  double predicted_s(const Surrogate& model, std::size_t i, int64_t n, int threads) const;
  void judge_order(const Surrogate& model, Cell& cell) const;

  const Workload& workload_;
  std::vector<Frame>& frames_;
  const Options& options_;
  const Clock& clock_;
  Rng rng_;
  Sampler sampler_;
  std::vector<Knobs> pool_;
  Indices held_out_, rest_, training_;
  std::vector<Design> designs_;  // for each number of threads
  WorkloadResult result_;
};

void Study::draw() {
  pool_ = random_schedules(workload_, options_.sides.front(),
                           static_cast<std::size_t>(options_.pool), rng_);
  // The pool is in random order, so its beginning is a random sample.
  for (std::size_t i = 0; i < pool_.size(); ++i) {
    (i < static_cast<std::size_t>(options_.held_out) ? held_out_ : rest_).push_back(i);
  }
}

Status Study::measure_training() {
  const auto take = [&](const Indices& chosen, int largest_every, double until) -> Status {
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (late(until) && training_.size() >= kFewestTraining) return Ok{};
      const bool everywhere = i % static_cast<std::size_t>(largest_every) == 0;
      const std::size_t sides =
          everywhere || frames_.size() == 1 ? frames_.size() : frames_.size() - 1;
      KERNWISE_TRY(sampler_.measure_at(pool_[chosen[i]], sides));
      training_.push_back(chosen[i]);
      std::erase(rest_, chosen[i]);
      const int all = options_.first + options_.rounds * options_.round_size;
      clock_.say("training", static_cast<double>(training_.size()) / all);
    }
    return Ok{};
  };
  const auto first = static_cast<std::size_t>(options_.first);
  KERNWISE_TRY(
      take(spread_out(workload_, pool_, rest_, first, rng_), options_.largest_every, kFirstUntil));
  for (int round = 0; round < options_.rounds; ++round) {
    const std::size_t before = training_.size();
    KERNWISE_ASSIGN(const std::vector<Surrogate> models, fit());
    KERNWISE_TRY(take(most_promising(models), 1, kTrainingUntil));
    if (training_.size() < before + static_cast<std::size_t>(options_.round_size)) {
      result_.complete = false;
      break;
    }
  }
  return Ok{};
}

Status Study::measure_held_out() {
  for (std::size_t i = 0; i < held_out_.size(); ++i) {
    if (late(kHeldOutUntil) && i >= kFewestHeldOut) {
      result_.complete = false;
      held_out_.resize(i);
      break;
    }
    const bool everywhere = i < static_cast<std::size_t>(options_.held_out_largest);
    KERNWISE_TRY(sampler_.measure_at(pool_[held_out_[i]], everywhere || frames_.size() == 1
                                                              ? frames_.size()
                                                              : frames_.size() - 1));
    clock_.say("held out", static_cast<double>(i + 1) / static_cast<double>(held_out_.size()));
  }
  return Ok{};
}

Result<std::vector<Surrogate>> Study::fit() {
  std::vector<Surrogate> models;
  result_.training_times.clear();
  for (const int threads : options_.threads) {
    TrainingSet data;
    for (const Knobs& knobs : pool_) data.structures.insert(structure_of(knobs));
    for (const std::size_t i : training_) {
      for (const Frame& frame : frames_) {
        const auto time = sampler_.time_of(pool_[i], threads, frame.n);
        if (!time) continue;
        data.features.push_back(workload_.feature_values(pool_[i], frame.n, threads));
        data.structure.push_back(structure_of(pool_[i]));
        data.schedule.push_back(static_cast<int>(i));
        data.times_s.push_back(*time);
      }
    }
    result_.training_times.push_back(static_cast<int64_t>(data.times_s.size()));
    // Once is enough: the rounds add some schedules, and leave the question what it is.
    if (designs_.size() == models.size()) {
      KERNWISE_ASSIGN(const Design design, choose_design(data, rng_));
      designs_.push_back(design);
    }
    KERNWISE_ASSIGN(Surrogate model, Surrogate::fit(data, designs_[models.size()], rng_));
    models.push_back(std::move(model));
  }
  return models;
}

double Study::predicted_s(const Surrogate& model, std::size_t i, int64_t n, int threads) const {
  return model.predict_s(workload_.feature_values(pool_[i], n, threads), structure_of(pool_[i]));
}

Indices Study::ranked(const Surrogate& model, int64_t n, int threads, const Indices& from) const {
  std::vector<std::pair<double, std::size_t>> order;
  for (const std::size_t i : from) {
    order.emplace_back(predicted_s(model, i, n, threads), i);
  }
  std::sort(order.begin(), order.end());
  Indices indices;
  for (const auto& [time, i] : order) indices.push_back(i);
  return indices;
}

// In turns the next predicted best of every cell.
Indices Study::most_promising(const std::vector<Surrogate>& models) const {
  std::vector<Indices> orders;
  for (std::size_t t = 0; t < models.size(); ++t) {
    for (const Frame& frame : frames_) {
      orders.push_back(ranked(models[t], frame.n, options_.threads[t], rest_));
    }
  }
  Indices chosen;
  std::set<std::size_t> seen;
  const auto wanted = static_cast<std::size_t>(options_.round_size);
  for (std::size_t place = 0; place < rest_.size() && chosen.size() < wanted; ++place) {
    for (const Indices& order : orders) {
      if (chosen.size() < wanted && seen.insert(order[place]).second)
        chosen.push_back(order[place]);
    }
  }
  return chosen;
}

void Study::judge_order(const Surrogate& model, Cell& cell) const {
  std::vector<double> predicted, measured, errors;
  for (const std::size_t i : held_out_) {
    const auto time = sampler_.time_of(pool_[i], cell.threads, cell.n);
    if (!time) continue;
    predicted.push_back(predicted_s(model, i, cell.n, cell.threads));
    measured.push_back(*time);
    errors.push_back(std::abs(predicted.back() - *time) / *time);
  }
  cell.held_out = static_cast<int64_t>(measured.size());
  if (measured.size() < 2) return;
  cell.rank_correlation = experiments::rank_correlation(predicted, measured);
  cell.mdrae = median(errors);
  const auto chosen = std::min_element(predicted.begin(), predicted.end()) - predicted.begin();
  cell.held_out_regret = measured[static_cast<std::size_t>(chosen)] /
                             *std::min_element(measured.begin(), measured.end()) -
                         1;
}

Result<WorkloadResult> Study::run(const Device& device) {
  result_.name = workload_.name;
  result_.describes = workload_.describes;
  draw();
  KERNWISE_TRY(measure_training());
  KERNWISE_TRY(measure_held_out());
  KERNWISE_ASSIGN(const std::vector<Surrogate> models, fit());
  for (const Surrogate& model : models) result_.parameters.push_back(model.parameters());

  const std::size_t cells = models.size() * frames_.size();
  CellRunner runner(workload_, device);
  for (std::size_t t = 0; t < models.size(); ++t) {
    for (Frame& frame : frames_) {
      Cell cell;
      cell.n = frame.n;
      cell.threads = options_.threads[t];
      judge_order(models[t], cell);
      cell.ranked = static_cast<int64_t>(rest_.size());
      std::vector<Prediction> best;
      for (const std::size_t i : ranked(models[t], frame.n, cell.threads, rest_)) {
        if (best.size() == static_cast<std::size_t>(options_.top)) break;
        best.push_back({pool_[i], predicted_s(models[t], i, frame.n, cell.threads)});
      }
      const std::size_t done = result_.cells.size();
      const double left_s = clock_.end_s - clock_.elapsed_s();
      KERNWISE_TRY(runner.run(frame, best, left_s / static_cast<double>(cells - done), cell));
      result_.cells.push_back(std::move(cell));
      clock_.say("comparing", static_cast<double>(done + 1) / static_cast<double>(cells));
    }
  }
  result_.pool = static_cast<int64_t>(pool_.size());
  result_.training = static_cast<int64_t>(training_.size());
  result_.held_out = static_cast<int64_t>(held_out_.size());
  result_.top_measured = runner.schedules();
  result_.failed = sampler_.spent().failed;
  result_.compile_s = sampler_.spent().compile_s;
  result_.run_s = sampler_.spent().run_s;
  return std::move(result_);
}

}  // namespace

Result<WorkloadResult> study_workload(const Workload& workload, const Picture& picture,
                                      const Options& options, const Device& device, Cache& cache,
                                      const Clock& clock) {
  std::vector<Frame> frames;
  for (const int64_t n : options.sides) frames.push_back(make_frame(workload, picture, n));
  return Study(workload, frames, options, cache, clock).run(device);
}

}  // namespace kernwise::halide
