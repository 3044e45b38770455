// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Everything that is asked of the measured points, and what came out.
//
// Splits are made for each kind and seed over shapes, so that all combinations of a kind share
// them: of the uniform points 250 to train and the rest to test; the points of the log design
// replace the 250 where that design is asked for. The extrapolation split trains on points of
// either design with every size at most 512 (250 of them) and tests on all the others.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "choice.h"
#include "points.h"
#include "protocols.h"

namespace kernwise::nnc {

struct KindData {
  std::string kind;
  std::vector<Point> points;  // a combination's `shape` counts these
  std::vector<Combination> combinations;
};

struct StudyOptions {
  int seeds = 5;
  uint64_t seed = 1;
  int train = 250;
  int restarts = 6;
  int threads = 2;                   // combinations that are trained at once
  Design design = Design::kUniform;  // of the training points in the honest protocol
  double extrapolation_limit = 512;
  bool paper_net = true;  // the published network; its tens of thousands of steps take a while
};

struct PerSeed {
  std::vector<double> mdrae, mape;  // one for each seed
};
struct CombinationResult {
  std::string kind, variant, resource;
  int64_t rows = 0, train_rows = 0, test_rows = 0;
  double noise_mdrae = 0;  // second pass against the first; NaN without a second pass
  int64_t noise_rows = 0;
  // Published protocol, mean absolute percentage error as a ratio, one for each seed (of the paper's
  // own network the first seed only).
  std::map<Model, std::vector<double>> published_log, published_seconds;
  std::vector<double> published_paper_net;
  std::vector<double> dropped_only;  // nn-c, honest but for the 30 % that are left out
  std::map<Model, PerSeed> honest;
  PerSeed other_design;                          // nn-c trained on the design not chosen
  std::map<Model, PerSeed> extrapolated;         // some size beyond the limit
  std::map<Model, PerSeed> extrapolated_beyond;  // every size beyond the limit
  int64_t extrapolation_train_rows = 0, extrapolation_test_rows = 0, beyond_test_rows = 0;
  std::vector<DecadeError> decades;  // nn-c, first seed
};

struct Verdicts {  // of nn-c against another model, over combinations
  int win = 0, tie = 0, loss = 0;
};
struct DesignCost {  // of measuring the training points once, all combinations
  double uniform_s = 0, log_s = 0;
};
struct KindChoice {
  std::string kind;
  std::vector<ChoiceScore> seeds;
  std::string best_fixed;  // first seed
};
struct StudyResult {
  std::vector<CombinationResult> combinations;
  std::map<Model, Verdicts> honest_verdicts, published_verdicts;
  DesignCost design_cost;
  std::vector<KindChoice> choices;
  std::vector<ChoiceScore> choice;    // all kinds joined, one for each seed
  std::vector<std::string> left_out;  // combinations with too few points, and why
};

using Say = std::function<void(const std::string&)>;

Result<StudyResult> run_study(const std::vector<KindData>& kinds, const StudyOptions& options,
                              const Say& say);

// Mean of the values; NaN without any.
double mean_of(const std::vector<double>& values);

}  // namespace kernwise::nnc
