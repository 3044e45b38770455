// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Profiling of real steps when the worker gives no answer: a signal ends the profiling, a worker
// that vanishes is tried again by the next call, and the store keeps neither as a failure. The
// workers are shell scripts, so no libtorch is needed.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "graph/small_network.h"
#include "kernwise/base/file.h"
#include "kernwise/base/temporary_folder.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/store/store.h"
#include "kernwise/workflow/profile_training.h"

namespace kernwise {
namespace {

StopFlag g_stop{false};

class TrainingWorkerLost : public ::testing::Test {
 protected:
  TrainingWorkerLost() {
    test::SmallNetwork network;
    network.input("x", {1, 3, 8, 8});
    network.conv("x", "y", 3, 4, 3).output("y");
    request_.networks = {folder_.path() / "small.onnx"};
    EXPECT_TRUE(write_onnx(network.net, request_.networks.front()).ok());
    request_.batches = {1, 2};
    request_.store = folder_.path() / "steps.db";
    request_.worker = folder_.path() / "worker";
    request_.device = "this one";
    request_.timeout = Seconds{30};
  }

  // What the worker does once it has read its job.
  void worker_does(const std::string& commands) {
    const std::string script =
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo made-up; exit; fi\n"
        "read job\n" +
        commands + "\n";
    ASSERT_TRUE(write_file(request_.worker, script).ok());
    std::filesystem::permissions(request_.worker, std::filesystem::perms::owner_all);
  }

  Result<TrainingProfileOutcome> run() {
    SilentProgress silent;
    return profile_training(request_, silent, g_stop);
  }

  std::size_t stored() {
    const auto store = open_store(request_.store.string(), StoreMode::kReadOnly);
    EXPECT_TRUE(store.ok()) << to_string(store.error());
    return store.ok() ? (*store)->query({.device = "this one"})->size() : 99;
  }

  const TemporaryFolder folder_ = *TemporaryFolder::make();
  TrainingProfileRequest request_;
};

TEST_F(TrainingWorkerLost, AWorkerThatVanishesIsTriedAgain) {
  worker_does("exit 1");
  for (int i = 0; i < 2; ++i) {
    const auto outcome = run();
    ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
    EXPECT_EQ(outcome->unanswered, 2);
    EXPECT_EQ(outcome->unmeasured, 0);
    EXPECT_EQ(outcome->warnings.size(), 1U);
    for (const TrainingProfileRow& row : outcome->rows) {
      EXPECT_EQ(row.status, StepStatus::kFailed);
      EXPECT_NE(row.reason.find("has ended"), std::string::npos) << row.reason;
    }
    EXPECT_EQ(stored(), 0U);
  }
}

TEST_F(TrainingWorkerLost, ASignalEndsTheProfilingAndIsNoFailure) {
  struct sigaction action = {}, before = {};
  action.sa_handler = [](int) { g_stop = true; };
  sigaction(SIGINT, &action, &before);
  worker_does("kill -INT $PPID\nsleep 20");
  const auto outcome = run();
  sigaction(SIGINT, &before, nullptr);
  EXPECT_TRUE(g_stop);
  g_stop = false;
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kInterrupted);
  EXPECT_EQ(stored(), 0U);
}

}  // namespace
}  // namespace kernwise
