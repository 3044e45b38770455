// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The models and protocols of the nnc experiment on tables of configurations, and how well the best
// configuration of each size is found by a model that has seen some of them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "../nnc/protocols.h"
#include "tables.h"

namespace kernwise::nnc {

struct TableOptions {
  int seeds = 5;
  uint64_t seed = 1;
  int train = 250;               // configurations; at most half of the table's
  double published_share = 0.5;  // the first rows of the file train, as their scripts have it
  int restarts = 6;
  int threads = 2;
};

// Of one size, means over seeds; ratios.
struct SizeChoice {
  double size = 0;
  int64_t configurations = 0;
  double worst_over_best = 0;
  double regret = 0;       // of the configuration predicted best, among all of the size
  double seen_regret = 0;  // of the best one among the training rows: what no model is needed for
  double both_regret = 0;  // of the best by what is measured of those, and predicted of the others
  double top1 = 0;         // share of seeds that chose the best
  double spearman = 0;     // over rows that were not trained on
};

struct TableResult {
  std::string name;
  int64_t rows = 0, train_rows = 0, published_train_rows = 0;
  std::map<Model, double> published_log, published_seconds;  // MAPE
  double published_paper_net = 0;
  std::map<Model, std::vector<Errors>> honest;  // one for each seed
  std::map<Model, std::vector<SizeChoice>> choice;
  std::map<Model, double> regret_total;  // over sizes: sum of chosen times over sum of best ones
};

using Say = std::function<void(const std::string&)>;
Result<TableResult> study_table(const ConfigurationTable& table, const TableOptions& options,
                                const Say& say);

}  // namespace kernwise::nnc
