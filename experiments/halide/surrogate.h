// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// NN+C for the schedules of one pipeline on one number of threads, over all sides: the learn room's
// tiny network (at most 75 parameters) from a schedule's features, the complexity n^2 among them,
// to the logarithm of its time. Scaling comes from training data alone.
//
// Schedules differ in structure (what is computed inside of which loop) and in numbers. Structures
// are different programs, variants of one kernel, and what a number does depends on them; so there
// are two designs: one network for all, or one for each structure. Which of them predicts better is
// asked of the training data, by cross-validation that never parts the rows of one schedule.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "kernwise/learn/regressor.h"

namespace kernwise::halide {

// The lists have one entry for each measured (schedule, side).
struct TrainingSet {
  std::vector<std::vector<double>> features;
  std::vector<int> structure;
  std::vector<int> schedule;  // any numbers, the same for rows of the same schedule
  std::vector<double> times_s;
  std::set<int> structures;  // all that the model may be asked about, measured or not
};

enum class Design { kOneNetwork, kOneForEachStructure };

// By four-fold cross-validation: the design with the smaller mean |log(predicted / measured)|.
Result<Design> choose_design(const TrainingSet& data, Rng& rng);

class Surrogate {
 public:
  // kInvalidInput with fewer than two samples. A structure of which too few schedules were measured
  // is predicted by a network for all, whatever the design.
  static Result<Surrogate> fit(const TrainingSet& data, Design design, Rng& rng, int restarts = 5);

  // structure: one of TrainingSet::structures.
  double predict_s(const std::vector<double>& features, int structure) const;
  std::vector<int64_t> parameters() const;  // of each network

 private:
  struct Network {
    std::vector<std::size_t> inputs;      // of the features: the first nine that vary
    std::vector<double> mean, deviation;  // of the inputs, then of the logarithm of the time
    std::unique_ptr<Regressor> net;
  };
  static Result<Network> fit_network(const TrainingSet& data, const std::vector<std::size_t>& rows,
                                     int restarts, Rng& rng);

  std::map<int, Network> of_structure_;
  std::vector<Network> for_all_;  // none if every structure has its own
};

}  // namespace kernwise::halide
