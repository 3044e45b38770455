// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The whole way: jobs added, measured by the program, and used, on a real server.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/process.h"
#include "store/postgres_fixture.h"

namespace kernwise {
namespace {

using Json = nlohmann::json;

class WorkerCommandTest : public PostgresTest {
 protected:
  Json run(std::vector<std::string> words) {
    words.insert(words.end(), {"--store", location(), "--json"});
    const Finished finished = at_.run(words);
    EXPECT_EQ(finished.code, 0) << finished.err;
    const Json document = Json::parse(finished.out, nullptr, false);
    return document.is_object() ? document["result"] : Json();
  }
  Playground at_;
};

TEST_F(WorkerCommandTest, MeasuresWhatItsDeviceCanDo) {
  const Json added = run({"jobs", "add", "conv:ic4ih8oc4kh1", "conv:ic8ih8oc4kh1", "--per-job", "1",
                          "--budget", "1s", "--primitives", "direct-nchw"});
  EXPECT_EQ(added["jobs"], 2);
  run({"jobs", "add", "conv:ic4ih8oc4kh1", "--for-device", "ffffffffffffffff"});
  const Json worked = run({"worker", "--until-empty"});
  EXPECT_EQ(worked["accepted"], 2);
  EXPECT_GT(worked["records"], 0);
  const Json listed = run({"jobs", "list"});
  EXPECT_EQ(listed["counts"]["done"], 2);
  EXPECT_EQ(listed["counts"]["waiting"], 1);
  EXPECT_EQ(listed["jobs"][0]["state"], "done");
  EXPECT_GT(listed["jobs"][0]["records"], 0);
  EXPECT_EQ(run({"jobs", "cancel", "3"})["counts"]["cancelled"], 1);
  const Json statistics = run({"db", "stat"});
  EXPECT_EQ(statistics["records"], worked["records"]);
  EXPECT_EQ(run({"db", "nearest"})["neighbours"][0]["distance"], 0);
  EXPECT_EQ(run({"list", "devices"})["devices"].size(), 1u);
  // What was measured by a worker is known to everybody who asks the store.
  const Json profiled =
      run({"profile", "conv:ic4ih8oc4kh1", "--budget", "1s", "--primitives", "direct-nchw"});
  EXPECT_GT(profiled["problems"][0]["measurements"].size(), 0u);
}

TEST_F(WorkerCommandTest, StopsWhenItIsTold) {
  const pid_t worker = at_.start({"worker", "--store", location(), "--poll", "0.1", "--json"});
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  ::kill(worker, SIGTERM);
  const Finished finished = at_.wait(worker);
  EXPECT_EQ(finished.code, 0) << finished.err;
  EXPECT_EQ(Json::parse(finished.out)["result"]["stopped"], true);
}

TEST_F(WorkerCommandTest, ShowsNoPassword) {
  std::string with = location();
  with.replace(with.find("kernwise@"), 9, "kernwise:secret@");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"jobs", "list"},
                                                {"db", "stat"},
                                                {"db", "stat", with},
                                                {"list", "devices"},
                                                {"inspect", with},
                                                {"profile", "nonsense"},
                                                {"version", "-v"}}) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"--store", with, "--json"});
    const Finished finished = at_.run(all);
    EXPECT_EQ(finished.out.find("secret"), std::string::npos) << words[0] << finished.out;
    EXPECT_EQ(finished.err.find("secret"), std::string::npos) << words[0] << finished.err;
  }
}

}  // namespace
}  // namespace kernwise
