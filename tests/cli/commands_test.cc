// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Every command on a real network with a small budget. Checks what is said, never how fast it was.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/process.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

constexpr const char* kTinyProblem = "conv:ic8ih8oc8kh3ph1";

Json parse(const Finished& finished, const std::string& verb) {
  EXPECT_EQ(finished.code, 0) << finished.err;
  Json document = Json::parse(finished.out, nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(document.is_discarded()) << finished.out;
  EXPECT_EQ(document.value("schema", ""), "kernwise." + verb + "/1");
  EXPECT_TRUE(document.contains("context"));
  EXPECT_TRUE(document.contains("options"));
  EXPECT_TRUE(document.contains("warnings"));
  return document.value("result", Json::object());
}

// One network, planned once; the tests look at it from all sides.
class Commands : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_ = new Playground;
    ASSERT_EQ(shared_->run({"zoo", "squeezenet1_1", "-o", "model.onnx"}).code, 0);
    planned_ =
        new Finished(shared_->run({"plan", "model.onnx", "--shape", "input:1,3,64,64", "-o",
                                   "plan.json", "--budget", "30s", "--warm-weights", "--json"}));
    ASSERT_EQ(planned_->code, 0) << planned_->err;
  }
  static void TearDownTestSuite() {
    delete planned_;
    delete shared_;
  }
  const Playground& here() const { return *shared_; }
  const Finished& planned() const { return *planned_; }
  // With the shape that was planned for.
  Finished run(Words words) const {
    words.insert(words.end(), {"--shape", "input:1,3,64,64"});
    return shared_->run(words);
  }
  // The verbs that plan: from the measurements that are there. Warm weights, because sweeping the
  // caches before every run is what takes long on a busy machine.
  Finished plan(Words words) const {
    words.insert(words.end(), {"--warm-weights", "--budget", "0"});
    return run(words);
  }

 private:
  static Playground* shared_;
  static Finished* planned_;
};
Playground* Commands::shared_ = nullptr;
Finished* Commands::planned_ = nullptr;

TEST_F(Commands, PlanSaysWhatItChoseAndWhatItIsWorth) {
  Json result = parse(planned(), "plan");
  EXPECT_GT(result["predicted_total_s"].get<double>(), 0);
  EXPECT_GT(result["measured_total_s"].get<double>(), 0);
  EXPECT_GT(result["peak_bytes"].get<int64_t>(), 0);
  EXPECT_TRUE(result["optimal"].get<bool>());
  EXPECT_EQ(result["gap_ratio"], 0.0);
  EXPECT_EQ(result["file"], "plan.json");
  double sum = 0;
  for (const Json& layer : result["layers"]) sum += layer["time_s"].get<double>();
  for (const Json& transform : result["transforms"]) sum += transform["time_s"].get<double>();
  EXPECT_NEAR(sum, result["predicted_total_s"].get<double>(), 1e-9);
}

TEST_F(Commands, PlanningAgainMeasuresNothingAndChoosesTheSame) {
  const Finished again = plan({"plan", "model.onnx", "--json"});
  Json result = parse(again, "plan");
  EXPECT_TRUE(result["profile"].is_null());
  Json first = parse(planned(), "plan");
  EXPECT_EQ(result["layers"], first["layers"]);
  EXPECT_EQ(result["predicted_total_s"], first["predicted_total_s"]);
}

TEST_F(Commands, PlanAsTextNamesEveryLayer) {
  const Finished text = plan({"plan", "model.onnx"});
  EXPECT_EQ(text.code, 0);
  Json result = parse(planned(), "plan");
  for (const Json& layer : result["layers"]) {
    EXPECT_NE(text.out.find(layer["layer"].get<std::string>()), std::string::npos);
  }
  EXPECT_NE(text.out.find("peak memory"), std::string::npos);
  EXPECT_NE(text.err.find("not saved"), std::string::npos);
  EXPECT_EQ(plan({"plan", "model.onnx", "-q"}).err, "");
}

TEST_F(Commands, ThePlanItselfCanGoToStdout) {
  const Finished finished = plan({"plan", "model.onnx", "-o", "-"});
  ASSERT_EQ(finished.code, 0) << finished.err;
  EXPECT_EQ(Json::parse(finished.out)["schema"], "kernwise.plan/1");
  EXPECT_EQ(plan({"plan", "model.onnx", "-o", "-", "--json"}).code, 2);
}

TEST_F(Commands, RunVerifiesAndReplaysTheSameBits) {
  Json first = parse(run({"run", "plan.json", "--repeat", "3", "--verify", "--profile", "--json",
                          "-o", "out.npy"}),
                     "run");
  EXPECT_GT(first["median_s"].get<double>(), 0);
  EXPECT_EQ(first["runs_s"].size(), 3U);
  EXPECT_GT(first["peak_bytes"].get<int64_t>(), 0);
  EXPECT_LE(first["verification"]["worst_relative_error"].get<double>(), 1e-4);
  EXPECT_TRUE(first["verification"]["passed"].get<bool>());
  EXPECT_GE(first["steps"].size(), 38U);
  EXPECT_GT(std::filesystem::file_size(here().file("out.npy")), 4000U);
  Json second = parse(run({"run", "plan.json", "--repeat", "1", "--json"}), "run");
  EXPECT_EQ(second["output_hash"], first["output_hash"]);
  EXPECT_TRUE(second["verification"].is_null());
  Json other = parse(run({"run", "plan.json", "--repeat", "1", "--json", "--seed", "2"}), "run");
  EXPECT_NE(other["output_hash"], first["output_hash"]);
  Json untimed = parse(run({"run", "plan.json", "--repeat", "0", "--json"}), "run");
  EXPECT_TRUE(untimed["median_s"].is_null());
}

TEST_F(Commands, AFailedVerificationExitsWithOneAndStillReports) {
  const Finished finished =
      run({"run", "plan.json", "--repeat", "1", "--verify", "--tolerance", "0", "--json"});
  EXPECT_EQ(finished.code, 1);
  EXPECT_FALSE(Json::parse(finished.out)["result"]["verification"]["passed"].get<bool>());
  EXPECT_NE(finished.err.find("verification failed"), std::string::npos);
}

TEST_F(Commands, APlanOfAnotherMachineOrNetworkIsRefused) {
  std::ifstream file(here().file("plan.json"));
  Json plan = Json::parse(file);
  plan["device"] = "ffffffffffffffff";
  here().write("foreign.json", plan.dump());
  const Finished refused = run({"run", "foreign.json"});
  EXPECT_EQ(refused.code, 3) << refused.err;
  EXPECT_NE(refused.err.find("--any-device"), std::string::npos) << refused.err;
  EXPECT_EQ(run({"run", "foreign.json", "--any-device", "--repeat", "1"}).code, 0);

  const Finished other_shape = here().run({"run", "plan.json"});  // without --shape
  EXPECT_EQ(other_shape.code, 2) << other_shape.err;
  EXPECT_NE(other_shape.err.find("--shape"), std::string::npos) << other_shape.err;
}

TEST_F(Commands, ExplainShowsChosenBeatenAndRefusedCandidates) {
  Json layers = parse(plan({"explain", "model.onnx", "--layer", "features.3.expand3x3", "--json"}),
                      "explain")["layers"];
  ASSERT_EQ(layers.size(), 1U);
  int chosen = 0, refused = 0;
  for (const Json& candidate : layers[0]["candidates"]) {
    chosen += candidate["status"] == "chosen";
    if (candidate["status"] != "refused") continue;
    ++refused;
    EXPECT_FALSE(candidate["reason"].get<std::string>().empty());
  }
  EXPECT_EQ(chosen, 1);
  EXPECT_GT(refused, 0);
  const Finished text = plan({"explain", "model.onnx", "features.0"});
  EXPECT_EQ(text.code, 0);
  EXPECT_NE(text.out.find("chosen"), std::string::npos);
  EXPECT_EQ(plan({"explain", "model.onnx", "--layer", "nobody"}).code, 2);
}

TEST_F(Commands, BenchComparesInterleavedRuns) {
  Json result = parse(
      plan({"bench", "model.onnx", "--plan", "plan.json", "--rounds", "10", "--json"}), "bench");
  EXPECT_GT(result["kernwise"]["median_s"].get<double>(), 0);
  EXPECT_EQ(result["kernwise"]["runs_s"].size(), 10U);
  Json& ratio = result["ratios"]["onednn"];
  EXPECT_LE(ratio["low"].get<double>(), ratio["median"].get<double>());
  EXPECT_LE(ratio["median"].get<double>(), ratio["high"].get<double>());
  EXPECT_LT(result["onednn"]["output_difference_ratio"].get<double>(), 1e-3);
  std::ifstream file(here().file("plan.json"));
  Json foreign = Json::parse(file);
  foreign["device"] = "ffffffffffffffff";
  here().write("foreign.json", foreign.dump());
  EXPECT_EQ(plan({"bench", "model.onnx", "--plan", "foreign.json"}).code, 3);
  const Finished unknown = run({"bench", "model.onnx", "--against", "tensorflow"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_NE(unknown.err.find("onnxruntime"), std::string::npos);
}

TEST_F(Commands, InspectKnowsTheThreeKindsOfFile) {
  Json network = parse(run({"inspect", "model.onnx", "--layers", "--json"}), "inspect");
  EXPECT_EQ(network["kind"], "network");
  EXPECT_EQ(network["parameters"], 1235496);
  EXPECT_EQ(network["operators"]["Conv"], 26);
  EXPECT_EQ(network["layers"].size(), network["layer_count"].get<std::size_t>());
  Json plan = parse(here().run({"inspect", "plan.json", "--json"}), "inspect");
  EXPECT_EQ(plan["kind"], "plan");
  Json store = parse(here().run({"inspect", "kernwise/measurements.db", "--json"}), "inspect");
  EXPECT_EQ(store["kind"], "store");
  EXPECT_GT(store["measurements"].get<int>(), 100);
  for (const std::string file : {"model.onnx", "plan.json", "kernwise/measurements.db"}) {
    const Finished text = here().run({"inspect", file, "--layers"});
    EXPECT_EQ(text.code, 0) << text.err;
    EXPECT_NE(text.out.find(file), std::string::npos);
  }
}

TEST_F(Commands, AModelIsFittedShownAndPredictsTheNetworkItWasTrainedOn) {
  Json fit = parse(here().run({"fit", "--warm-weights", "-o", "here.kwm", "--json"}), "fit");
  EXPECT_EQ(fit["file"], "here.kwm");
  ASSERT_GT(fit["kinds"].size(), 3U);
  EXPECT_EQ(fit["kinds"][0]["kind"], "conv");
  Json card = parse(here().run({"inspect", "here.kwm", "--layers", "--json"}), "inspect");
  EXPECT_EQ(card["kind"], "model");
  EXPECT_GT(card["kinds"][0]["errors"].size(), 5U);
  const Finished text = here().run({"inspect", "here.kwm", "--layers"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("conv"), std::string::npos);
  Json predicted = parse(run({"predict", "model.onnx", "--model", "here.kwm", "--warm-weights",
                              "--fallback", "roofline", "--json"}),
                         "predict");
  EXPECT_GT(predicted["predicted_total_s"].get<double>(), 0);
  EXPECT_LE(predicted["low_s"].get<double>(), predicted["predicted_total_s"].get<double>());
  EXPECT_GE(predicted["high_s"].get<double>(), predicted["predicted_total_s"].get<double>());
  EXPECT_GT(predicted["modelled_share_ratio"].get<double>(), 0.5);
  EXPECT_EQ(predicted["layers"].size(), Json::parse(planned().out)["result"]["layers"].size());
  // Costs of the plan's own store count where they are known.
  Json mixed = parse(plan({"plan", "model.onnx", "--costs", "mixed", "--model", "here.kwm",
                           "--fallback", "roofline", "--json"}),
                     "plan");
  EXPECT_EQ(mixed["costs"]["predicted_share_ratio"].get<double>(), 0);
}

TEST_F(Commands, TheOtherCommandsSpeakJsonToo) {
  EXPECT_FALSE(parse(here().run({"version", "--json"}), "version")["build"].empty());
  EXPECT_TRUE(parse(here().run({"doctor", "--json"}), "doctor").contains("grade"));
  for (const std::string what :
       {"primitives", "layouts", "operators", "zoo", "devices", "resources"}) {
    EXPECT_GT(parse(here().run({"list", what, "--json"}), "list")[what].size(), 0U) << what;
  }
  Json zoo =
      parse(here().run({"--json", "zoo", "squeezenet1_1", "-o", "b.onnx", "--batch", "2"}), "zoo");
  EXPECT_EQ(zoo["batch"], 2);
  // -o takes the result where it would have gone to stdout.
  const Finished to_file = here().run({"list", "zoo", "--json", "-o", "zoo.json"});
  EXPECT_EQ(to_file.out, "");
  std::ifstream file(here().file("zoo.json"));
  EXPECT_EQ(Json::parse(file)["schema"], "kernwise.list/1");
}

TEST_F(Commands, ProfileFillsTheStoreOnceAndThenHasNothingLeftToDo) {
  const Words words = {"profile", "--problem",      kTinyProblem,   "--store",
                       "tiny.db", "--warm-weights", "--primitives", "im2row-nhwc,im2col-nchw",
                       "--json"};
  Json first = parse(here().run(words), "profile");
  EXPECT_GT(first["summary"]["runs"].get<int>(), 0);
  ASSERT_EQ(first["problems"].size(), 1U);
  int measured = 0;
  for (const Json& m : first["problems"][0]["measurements"]) measured += m["status"] == "measured";
  EXPECT_EQ(measured, 2);
  EXPECT_EQ(here()
                .run({"profile", "--problem", kTinyProblem, "--store", "tiny.db", "--warm-weights"})
                .code,
            0);
}

TEST_F(Commands, ProfileTakesProblemsAsWordsAndMeasuresEveryVariantIfAsked) {
  const Words words = {"profile", "gemm:m20n30k40",    "gemv:m30n40", "--store",
                       "few.db",  "--every-candidate", "--json"};
  Json result = parse(here().run(words), "profile");
  EXPECT_TRUE(result["summary"]["complete"].get<bool>());
  ASSERT_EQ(result["problems"].size(), 2U);
  for (const Json& problem : result["problems"]) {
    int measured = 0;
    for (const Json& m : problem["measurements"]) measured += m["status"] == "measured";
    EXPECT_GE(measured, 4) << problem;
  }
  const Finished wrong = here().run({"profile", "gemm:m20n30", "--store", "few.db"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.err.find("'k' is missing"), std::string::npos) << wrong.err;
}

TEST_F(Commands, ProfileRefusesAResourceThatIsNotHere) {
  const Finished wrong =
      here().run({"profile", "gemm:m20n30k40", "--store", "few.db", "--resource", "cuda:99"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.err.find("there is no resource 'cuda:99'"), std::string::npos) << wrong.err;
}

// What was measured before Ctrl-C is kept, and the exit code says that it came.
TEST_F(Commands, AnInterruptKeepsWhatWasMeasured) {
  const pid_t process = here().start(
      {"profile", "--network", "model.onnx", "--budget", "10m", "--store", "stopped.db"});
  std::this_thread::sleep_for(std::chrono::seconds(3));
  ASSERT_EQ(::kill(process, SIGINT), 0);
  const Finished finished = here().wait(process);
  EXPECT_EQ(finished.code, 130) << finished.err;
  EXPECT_NE(finished.err.find("interrupted"), std::string::npos) << finished.err;
  Json store = parse(here().run({"inspect", "stopped.db", "--json"}), "inspect");
  EXPECT_GT(store["measurements"].get<int>(), 0);
}

TEST_F(Commands, ColourIsForTerminalsUnlessAskedFor) {
  const Finished text =
      here().run({"list", "primitives", "--color", "always", "--progress", "never"});
  EXPECT_EQ(text.code, 0);
  EXPECT_NE(text.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(here().run({"list", "primitives", "--color", "auto"}).out.find('\x1b'),
            std::string::npos);
}

}  // namespace
}  // namespace kernwise
