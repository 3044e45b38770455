// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The protocols of perf4sight on a made-up table: what is tested was not trained on, and a limit of
// memory rests on predictions for networks that the predicting model had not seen.
#include <gtest/gtest.h>

#include <set>

#include "perf4sight/fits.h"
#include "perf4sight/split.h"

namespace kernwise::perf4sight {
namespace {

// Three networks, six levels, twelve batches; what takes over 1000 bytes fails.
Tables made_up() {
  Tables tables;
  tables.networks = {"a", "b", "c"};
  for (int network = 0; network < 3; ++network) {
    for (const int64_t level : {0, 10, 30, 50, 70, 90}) {
      const int variant = static_cast<int>(tables.variants.size());
      tables.variants.push_back({network, level, {}, {}});
      for (int64_t batch = 1; batch <= 12; ++batch) {
        Row row;
        row.network = network;
        row.variant = variant;
        row.level = level;
        row.batch = batch;
        row.used = static_cast<double>(batch * (200 - level)) * (1 + 0.3 * network);
        row.passed = row.used <= 1000;
        row.latency = 1e-3 * row.used;
        tables.memory.push_back(row);
      }
    }
  }
  tables.latency = tables.memory;
  return tables;
}

TEST(Perf4sightSplit, WhatIsTestedWasNotTrainedOn) {
  const Tables tables = made_up();
  for (const Protocol protocol : kProtocols) {
    for (int network = 0; network < 3; ++network) {
      const Parts parts = split(tables.memory, protocol, network);
      ASSERT_FALSE(parts.train.empty());
      ASSERT_FALSE(parts.test.empty());
      const std::set<const Row*> train(parts.train.begin(), parts.train.end());
      std::set<int> trained_variants, trained_networks;
      for (const Row* row : parts.train) {
        trained_variants.insert(row->variant);
        trained_networks.insert(row->network);
      }
      for (const Row* row : parts.test) {
        EXPECT_TRUE(row->passed);
        EXPECT_EQ(row->network, network);
        EXPECT_FALSE(train.contains(row));
        if (protocol == Protocol::kLargestBatches) continue;
        EXPECT_FALSE(trained_variants.contains(row->variant));
      }
      EXPECT_EQ(trained_networks.contains(network), protocol != Protocol::kLeaveOneOut);
    }
  }
}

TEST(Perf4sightSplit, OfEachLevelTheLargestThirdOfBatchesIsHeldOut) {
  const Tables tables = made_up();
  const Parts parts = split(tables.memory, Protocol::kLargestBatches, 0);
  for (const Row* test : parts.test) {
    for (const Row* train : parts.train) {
      if (test->variant == train->variant) {
        EXPECT_GT(test->batch, train->batch);
      }
    }
  }
}

// The truth for networks that it has seen, and a third too much for others: what a limit learnt
// from a model's own rows would not know.
Result<std::vector<Predicted>> knows_its_own(const Tables&, const Rows& train, const Rows& test,
                                             FootprintTarget, Rng&) {
  std::set<int> seen;
  for (const Row* row : train) seen.insert(row->network);
  std::vector<Predicted> predicted;
  for (const Row* row : test) {
    const double demand = row->used * (seen.contains(row->network) ? 1 : 4.0 / 3);
    predicted.push_back({demand, demand, demand, demand});
  }
  return predicted;
}

TEST(Perf4sightFits, TheLimitRestsOnNetworksThatWereHeldOut) {
  Options options;
  options.threads = 1;
  options.seeds = 1;
  options.margin = 0;
  const Tables tables = made_up();
  const Result<FitsJudged> judged = judge_fits(tables, knows_its_own, options);
  ASSERT_TRUE(judged.ok()) << to_string(judged.error());
  EXPECT_EQ(judged->rows, static_cast<int64_t>(tables.memory.size()));
  EXPECT_GT(judged->failed, 0);
  EXPECT_GT(judged->accuracy, 0.98);
  EXPECT_LE(judged->right, judged->rows);
  EXPECT_EQ(judged->right + judged->false_fits + judged->false_rejects, judged->rows);
}

}  // namespace
}  // namespace kernwise::perf4sight
