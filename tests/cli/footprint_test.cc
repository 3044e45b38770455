// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// footprint, prune and adapt as a user meets them: figures, exit codes, and what bad input gets.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/process.h"
#include "graph/small_network.h"
#include "kernwise/graph/onnx.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

// A device that was timed, but of which no layer was.
constexpr const char* kNoParts =
    R"({"schema":"kernwise.step-device/1","name":"d","library":"l","threads":2,"vector_floats":8,)"
    R"("allocated_low":0,"allocated_high":0.1,"steps":3,"networks":1,"reserved":null,"used":null,)"
    R"("latency":{"scale_ratio":1,"error_low":-0.2,"error_high":0.2,"updates":[)"
    R"({"s_per_byte":1e-9,"s_per_tensor":0},{"s_per_byte":0,"s_per_tensor":0},)"
    R"({"s_per_byte":0,"s_per_tensor":0},{"s_per_byte":0,"s_per_tensor":0}],"rests":[)"
    R"({"s":1e-3,"s_per_layer":0,"s_per_parameter_byte":0,"s_per_activation_byte":0},)"
    R"({"s":1e-4,"s_per_layer":0,"s_per_parameter_byte":0,"s_per_activation_byte":0}],)"
    R"("parts":[]}})";

class FootprintCommands : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_ = new Playground;
    test::SmallNetwork network;
    network.input("x", {2, 3, 32, 32});
    network.conv("x", "stem", 3, 32, 3).batch_norm("stem", "normal", 32);
    network.node("Relu", {"normal"}, {"a"});
    network.conv("a", "wide", 32, 64, 3).node("Relu", {"wide"}, {"b"});
    network.node("GlobalAveragePool", {"b"}, {"pooled"}).node("Flatten", {"pooled"}, {"flat"});
    network.constant("fc_w", test::some_floats({64, 10}));
    network.node("Gemm", {"flat", "fc_w"}, {"y"}).output("y");
    ASSERT_TRUE(write_onnx(network.net, shared_->file("net.onnx")).ok());
  }
  static void TearDownTestSuite() {
    delete shared_;
    shared_ = nullptr;
  }

  static Finished run(const Words& words) { return shared_->run(words); }
  static Json result_of(Words words, int code = 0) {
    words.push_back("--json");
    const Finished finished = run(words);
    EXPECT_EQ(finished.code, code) << finished.err;
    const Json document = Json::parse(finished.out, nullptr, /*allow_exceptions=*/false);
    EXPECT_TRUE(document.is_object()) << finished.out;
    return document.is_object() ? document["result"] : Json::object();
  }
  static void expect_error(const Words& words, int code, const Words& parts) {
    const Finished finished = run(words);
    EXPECT_EQ(finished.code, code) << finished.err;
    EXPECT_EQ(finished.err.rfind("error: ", 0), 0U) << finished.err;
    for (const std::string& part : parts) {
      EXPECT_NE(finished.err.find(part), std::string::npos) << part << ": " << finished.err;
    }
  }
  static Playground* shared_;
};
Playground* FootprintCommands::shared_ = nullptr;

TEST_F(FootprintCommands, PredictsMemoryAndSaysWhetherItFits) {
  const Json plain = result_of({"footprint", "net.onnx", "--batch", "8", "--optimizer", "adam"});
  const auto peak = plain["peak_bytes"]["median"].get<double>();
  EXPECT_GT(peak, 1e6);
  EXPECT_LE(plain["peak_bytes"]["low"].get<double>(), peak);
  EXPECT_GE(plain["peak_bytes"]["high"].get<double>(), peak);
  EXPECT_TRUE(plain["fits"].is_null());
  EXPECT_TRUE(plain["step_s"].is_null());
  EXPECT_TRUE(plain["phases"].contains("backward"));
  const Json inference = result_of({"footprint", "net.onnx", "--batch", "8", "--inference"});
  EXPECT_LT(inference["peak_bytes"]["median"].get<double>(), peak);
  EXPECT_FALSE(inference["phases"].contains("backward"));
  EXPECT_EQ(result_of({"footprint", "net.onnx", "--max-memory", "1GiB"})["fits"], true);
  EXPECT_EQ(result_of({"footprint", "net.onnx", "--max-memory", "1MiB"}, 1)["fits"], false);
}

TEST_F(FootprintCommands, FindsTheLargestBatch) {
  const Json found = result_of({"footprint", "net.onnx", "--max-batch", "--max-memory", "100MiB"});
  const auto batch = found["largest_batch"].get<int64_t>();
  ASSERT_GT(batch, 1);
  EXPECT_EQ(found["fits"], true);
  const auto with = [](int64_t n) {
    return Words{"footprint", "net.onnx", "--max-memory", "100MiB", "--batch", std::to_string(n)};
  };
  EXPECT_EQ(result_of(with(batch))["fits"], true);
  EXPECT_EQ(result_of(with(batch + 1), 1)["fits"], false);
  EXPECT_EQ(result_of({"footprint", "net.onnx", "--max-batch", "--max-memory", "100KiB"},
                      1)["largest_batch"],
            0);
}

TEST_F(FootprintCommands, ACapIsNoAnswer) {
  const Words words = {"footprint", "net.onnx", "--max-batch", "--max-memory", "100000GiB"};
  const Json found = result_of(words);
  EXPECT_EQ(found["largest_batch"], 65536);
  EXPECT_EQ(found["largest_batch_is_cap"], true);
  EXPECT_NE(run(words).out.find("at least 65536"), std::string::npos);
}

TEST_F(FootprintCommands, BoundsSayWhatTheyRestOn) {
  const Json plain = result_of({"footprint", "net.onnx"});
  EXPECT_EQ(plain["peak_bytes"]["coverage"], "assumed");
  EXPECT_EQ(plain["peak_bytes"]["calibrated"], false);
  const std::string text = run({"footprint", "net.onnx", "--max-memory", "1GiB"}).out;
  EXPECT_NE(text.find("by the upper ends (memory: assumed)"), std::string::npos) << text;
}

TEST_F(FootprintCommands, WhatWasNeverTimedIsSaidAndNotJudged) {
  shared_->write("known.json", kNoParts);
  const Words words = {"footprint", "net.onnx", "--device", "known.json"};
  const Json result = result_of(words);
  EXPECT_EQ(result["unmodelled_share_ratio"], 1.0);
  EXPECT_EQ(result["step_s"]["calibrated"], false);
  EXPECT_FALSE(result["never_timed"].empty());
  EXPECT_NE(run(words).out.find("never timed on this device"), std::string::npos);
  EXPECT_NE(run(words).err.find("never timed"), std::string::npos);
  Words limited = words;
  limited.insert(limited.end(), {"--max-step", "100ms", "-q"});
  expect_error(limited, 3, {"never timed", "backward of conv", "profile --training"});
}

TEST_F(FootprintCommands, WhatFootprintCannotDoItSays) {
  expect_error({"footprint"}, 2, {"a network"});
  expect_error({"footprint", "missing.onnx"}, 2, {"missing.onnx", "No such file"});
  expect_error({"footprint", "net.onnx", "--max-batch"}, 2, {"--max-batch", "--max-memory"});
  expect_error({"footprint", "net.onnx", "--batch", "0"}, 2, {"--batch"});
  expect_error({"footprint", "net.onnx", "--optimizer", "lion"}, 2, {"--optimizer", "adamw"});
  expect_error({"footprint", "net.onnx", "--max-memory", "lots"}, 2, {"--max-memory", "lots"});
  expect_error({"footprint", "net.onnx", "--max-step", "1s"}, 3, {"--device", "profile"});
  expect_error({"footprint", "net.onnx", "--max-memory", "1GiB", "--of", "process"}, 3,
               {"--device"});
  shared_->write("device.json", "{\"schema\":\"something else\"}");
  expect_error({"footprint", "net.onnx", "--device", "device.json"}, 2,
               {"device.json", "kernwise.step-device/1"});
  shared_->write("no.onnx", "this is no network");
  expect_error({"footprint", "no.onnx"}, 2, {"no.onnx"});
}

TEST_F(FootprintCommands, FlagsThatWouldBeIgnoredAreRefused) {
  expect_error({"footprint", "net.onnx", "--of", "process"}, 2, {"--of", "--max-memory"});
  expect_error({"footprint", "net.onnx", "--inference", "--optimizer", "adam"}, 2,
               {"--optimizer", "--inference"});
  expect_error({"footprint", "net.onnx", "--inference", "--weight-decay", "0.1"}, 2,
               {"--weight-decay", "--inference"});
  expect_error({"footprint", "net.onnx", "--max-batch", "--batch", "3", "--max-memory", "1GiB"}, 2,
               {"--max-batch", "--batch"});
  shared_->write("known.json", kNoParts);
  expect_error({"footprint", "net.onnx", "--device", "known.json", "--threads", "2"}, 2,
               {"--threads", "--device"});
  expect_error({"adapt", "net.onnx", "--max-step", "1s", "--of", "process"}, 2,
               {"--of", "--max-memory"});
  expect_error(
      {"adapt", "net.onnx", "--max-memory", "1GiB", "--device", "known.json", "--threads", "2"}, 2,
      {"--threads", "--device"});
  expect_error({"profile", "--network", "net.onnx", "--prune", "0.5"}, 2,
               {"--prune", "--training"});
  expect_error({"profile", "--network", "net.onnx", "--device-file", "d.json"}, 2,
               {"--device-file", "--training"});
  expect_error({"profile", "--training", "gemm:m5n5k5"}, 2, {"gemm:m5n5k5", "--network"});
  expect_error({"profile", "--training", "--network", "net.onnx", "--around", "3"}, 2,
               {"--around", "--training"});
  expect_error({"profile", "--training", "--network", "net.onnx", "--batches", "0"}, 2,
               {"--batches"});
  expect_error({"profile", "--training", "--network", "net.onnx", "--from", "d.json"}, 2,
               {"--from", "--device-file"});
}

TEST_F(FootprintCommands, APrunedNetworkTakesLess) {
  EXPECT_EQ(
      run({"prune", "net.onnx", "--ratio", "0.5", "--strategy", "l1", "-o", "half.onnx"}).code, 0);
  EXPECT_LT(result_of({"footprint", "half.onnx"})["peak_bytes"]["median"].get<double>(),
            result_of({"footprint", "net.onnx"})["peak_bytes"]["median"].get<double>());
  expect_error({"prune", "net.onnx", "--ratio", "1.5"}, 2, {"--ratio"});
}

TEST_F(FootprintCommands, AdaptsUntilItFits) {
  const Json whole = result_of({"footprint", "net.onnx", "--batch", "8"});
  const auto limit = static_cast<int64_t>(0.6 * whole["peak_bytes"]["median"].get<double>());
  const std::string bytes = std::to_string(limit) + "B";
  const Words words = {"adapt", "net.onnx",  "--batch",       "8", "--max-memory", bytes,
                       "-o",    "fits.onnx", "--generations", "5"};
  const Json adapted = result_of(words);
  EXPECT_EQ(adapted["best"]["fits"], true);
  EXPECT_EQ(result_of({"footprint", "fits.onnx", "--batch", "8", "--max-memory", bytes})["fits"],
            true);
  Words important = words;
  shared_->write("importance.csv", "layer,importance\nn_stem,1\n");
  important.insert(important.end(), {"--importance", "importance.csv"});
  EXPECT_GT(result_of(important)["best"]["kept_ratio"].get<double>(), 0);
  shared_->write("importance.csv", "layer,importance\nnothing,1\n");
  important.push_back("-q");
  expect_error(important, 2, {"'nothing'", "inspect"});
  expect_error({"adapt", "net.onnx"}, 2, {"limit", "--max-memory"});
  expect_error({"adapt", "net.onnx", "--max-step", "1ms"}, 3, {"--device"});
  EXPECT_EQ(run({"adapt", "net.onnx", "--max-memory", "1KiB", "--generations", "2"}).code, 1);
}

}  // namespace
}  // namespace kernwise
