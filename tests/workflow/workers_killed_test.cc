// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The published claim: 8 workers, 2000 jobs, 50 random kills, the server crashes once and every
// connection is cut twice; each job has exactly one accepted result with exactly its records.
#include <gtest/gtest.h>

#include <iostream>

#include "workflow/worker_trial.h"

namespace kernwise {
namespace {

TEST(WorkersKilledTest, TwoThousandJobsFiftyKillsOneCrash) {
  std::string why;
  const auto server = PostgresServer::start(why, /*fsync=*/true);
  if (server == nullptr) GTEST_SKIP() << why;
  const TrialOptions trial{.workers = 8, .jobs = 2000, .kills = 50, .crashes = 1, .cuts = 2};
  const TrialCounts counts = run_trial(*server, server->new_database(), trial);
  std::cout << "seed " << trial.seed << ": " << counts << "\n";
  EXPECT_EQ(counts.accepted, trial.jobs);
  EXPECT_EQ(counts.lost, 0);
  EXPECT_EQ(counts.doubled, 0);
  EXPECT_EQ(counts.wrong_records, 0);
  EXPECT_EQ(counts.kills, trial.kills);
  EXPECT_EQ(counts.crashes, trial.crashes);
  EXPECT_EQ(counts.failed_workers, 0);
}

}  // namespace
}  // namespace kernwise
