// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/select/plan.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "kernwise/base/file.h"
#include "kernwise/base/rng.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

// No two fields alike, doubles that no short decimal hits.
Plan sample_plan() {
  Plan plan;
  plan.network = "models/resnet \"50\"\n.onnx";
  plan.network_hash = "0123456789abcdef";
  plan.device = "fedcba9876543210";
  plan.device_label = "Xeon, avx512, 2 cores";
  plan.libraries = "onednn 2.7";
  plan.build = "0.1.0";
  plan.created = "2026-01-02T03:04:05Z";
  plan.machine = {.kernel = "Linux 6.1.0",
                  .compiler = "GNU 12 -O2",
                  .governor = "performance",
                  .turbo = "off",
                  .hypervisor = "kvm",
                  .huge_pages = "madvise",
                  .cores = 3,
                  .l1d_bytes = 32 << 10,
                  .l2_bytes = 1 << 20,
                  .l3_bytes = 40 << 20,
                  .memory_bytes = int64_t{9} << 30};
  plan.policy = "fastest";
  plan.protocol = "cold-weights/1";
  plan.threads = 2;
  plan.layers.push_back({.layer = "conv1",
                         .problem = "conv:n1ic3ih8iw8oc8kh3kw3sh1sw1ph1pw1dh1dw1g1+bias+relu",
                         .primitive = "onednn-direct-nhwc",
                         .revision = 3,
                         .in = Layout::kNhwc,
                         .out = Layout::kNchw16c,
                         .time_s = 1.0 / 3,
                         .low_s = 0.1,
                         .high_s = std::nextafter(0.5, 1.0),
                         .workspace_bytes = int64_t{1} << 40,
                         .grade = 'B',
                         .provenance = "measured",
                         .runner_up = "im2row",
                         .runner_up_s = 4e-7});
  PlannedLayer& fc = plan.layers.emplace_back();
  fc.layer = "fc";
  fc.problem = "fc:n1ic8ih1iw1oc10";
  fc.primitive = "sgemm";
  plan.transforms.push_back({.value = "data",
                             .from = Layout::kNchw,
                             .to = Layout::kNhwc,
                             .primitive = "onednn-reorder",
                             .time_s = 1e-300});
  plan.transforms.push_back({.value = "pool",
                             .from = Layout::kNchw8c,
                             .to = Layout::kNchw,
                             .primitive = "",
                             .time_s = 0});
  plan.predicted_total_s = 0.1 + 0.2;
  plan.predicted_transforms_s = std::numeric_limits<double>::denorm_min();
  plan.peak_bytes = 123456789012;
  plan.optimal = true;
  plan.gap_ratio = 0.0123;
  plan.calibration_ratio = 1.02;
  plan.measured_total_s = 0.31;
  return plan;
}

Plan plan_with_int8() {
  Plan plan = sample_plan();
  plan.layers[0].precision = Precision::kInt8;
  plan.layers[0].relative_error = 1.0 / 300;
  plan.layers[0].in = Layout::kNhwcS8;
  plan.layers[0].out = Layout::kNhwcU8;
  plan.int8 = PlannedInt8{.max_relative_error = 0.03,
                          .end_to_end_relative_error = 1.0 / 70,
                          .calibration = "8 random inputs, seed 1",
                          .ranges = {{"data", {-2.1, 1.0 / 3}}, {"pool", {0, 6}}}};
  return plan;
}

Error error_of(const Json& json) {
  const Result<Plan> plan = plan_from_json(json.dump());
  EXPECT_FALSE(plan.ok()) << json.dump();
  return plan.ok() ? Error{} : plan.error();
}

TEST(PlanTest, WhatIsWrittenReadsBackExactly) {
  for (const Plan& plan : {Plan{}, sample_plan(), plan_with_int8()}) {
    const Result<Plan> back = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(back.ok()) << to_string(back.error());
    EXPECT_TRUE(*back == plan);
    EXPECT_EQ(plan_to_json(*back), plan_to_json(plan));
  }
}

TEST(PlanTest, RandomDoublesReadBackExactly) {
  Rng rng(1);
  for (int trial = 0; trial < 1000; ++trial) {
    Plan plan;
    plan.predicted_total_s = std::ldexp(rng.uniform(), static_cast<int>(rng.integer(-1070, 29)));
    const Result<Plan> back = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(back.ok());
    ASSERT_EQ(back->predicted_total_s, plan.predicted_total_s);
  }
}

// Others read these: the order and the names are part of the format (docs/formats/plan.md).
TEST(PlanTest, KeysAndTheirOrderAreFixed) {
  const Json json = Json::parse(plan_to_json(sample_plan()));
  const auto keys = [](const Json& object) {
    std::vector<std::string> names;
    for (const auto& [key, value] : object.items()) names.push_back(key);
    return names;
  };
  EXPECT_EQ(keys(json), (std::vector<std::string>{"schema",
                                                  "network",
                                                  "network_hash",
                                                  "device",
                                                  "device_label",
                                                  "libraries",
                                                  "build",
                                                  "created",
                                                  "machine",
                                                  "policy",
                                                  "protocol",
                                                  "threads",
                                                  "predicted_total_s",
                                                  "predicted_transforms_s",
                                                  "peak_bytes",
                                                  "optimal",
                                                  "gap_ratio",
                                                  "calibration_ratio",
                                                  "measured_total_s",
                                                  "layers",
                                                  "transforms"}));
  EXPECT_EQ(keys(json["layers"][0]),
            (std::vector<std::string>{"layer", "problem", "primitive", "revision", "in", "out",
                                      "time_s", "low_s", "high_s", "workspace_bytes", "grade",
                                      "provenance", "runner_up", "runner_up_s"}));
  EXPECT_EQ(keys(json["transforms"][0]),
            (std::vector<std::string>{"value", "from", "to", "primitive", "time_s"}));
  EXPECT_EQ(keys(json["machine"]),
            (std::vector<std::string>{"kernel", "compiler", "governor", "turbo", "hypervisor",
                                      "huge_pages", "cores", "l1d_bytes", "l2_bytes", "l3_bytes",
                                      "memory_bytes"}));
  EXPECT_EQ(json["schema"], "kernwise.plan/1");
}

TEST(PlanTest, PlansWithInt8HaveAFewKeysMoreAndOthersHaveNone) {
  const Json json = Json::parse(plan_to_json(plan_with_int8()));
  EXPECT_EQ(json["layers"][0]["precision"], "int8");
  EXPECT_EQ(json["layers"][1]["precision"], "fp32");
  EXPECT_FALSE(json["layers"][1].contains("relative_error"));
  EXPECT_EQ(json["int8"]["ranges"][1]["value"], "pool");
  const std::string plain = plan_to_json(sample_plan());
  EXPECT_EQ(plain.find("int8"), std::string::npos);
  EXPECT_EQ(plain.find("precision"), std::string::npos);
}

TEST(PlanTest, WhatIsWrongAboutInt8IsRefusedByItsKey) {
  const Json good = Json::parse(plan_to_json(plan_with_int8()));
  const auto refused = [&](const std::function<void(Json&)>& spoil, const std::string& key) {
    Json json = good;
    spoil(json);
    EXPECT_NE(error_of(json).message.find(key), std::string::npos) << error_of(json).message;
  };
  refused([](Json& j) { j["int8"] = 3; }, "int8");
  refused([](Json& j) { j["int8"].erase("ranges"); }, "int8.ranges");
  refused([](Json& j) { j["int8"]["ranges"][0]["low"] = 1e31; }, "int8.ranges[0].low");
  refused([](Json& j) { j["int8"]["ranges"][0]["low"] = 1; }, "int8.ranges[0].low");
  refused([](Json& j) { j["int8"]["ranges"][0]["value"] = ""; }, "int8.ranges[0].value");
  refused([](Json& j) { j["int8"]["max_relative_error"] = -1; }, "int8.max_relative_error");
  refused([](Json& j) { j["layers"][0]["precision"] = "bf16"; }, "layers[0].precision");
  refused([](Json& j) { j["layers"][0]["relative_error"] = "x"; }, "layers[0].relative_error");
}

// `|` and a key in backquotes begin a row; several keys may share one.
std::multiset<std::string> documented_keys() {
  std::ifstream file(std::string(KERNWISE_SOURCE_DIR) + "/docs/formats/plan.md");
  std::multiset<std::string> keys;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string cell = line.substr(1, line.find('|', 1) - 1);
    for (std::size_t open = cell.find('`'); open != std::string::npos;) {
      const std::size_t close = cell.find('`', open + 1);
      keys.insert(cell.substr(open + 1, close - open - 1));
      open = cell.find('`', close + 1);
    }
  }
  return keys;
}

TEST(PlanTest, TheDescriptionOfTheFormatHasTheKeysThatAreWritten) {
  const Json json = Json::parse(plan_to_json(plan_with_int8()));
  std::multiset<std::string> written;
  const Json& layer = json["layers"][0];
  for (const Json* object : {&json, &json["machine"], &layer, &json["transforms"][0],
                             &json["int8"], &json["int8"]["ranges"][0]}) {
    for (const auto& [key, value] : object->items()) written.insert(key);
  }
  EXPECT_EQ(documented_keys(), written);
}

// Plans that were made before it was written are still plans.
TEST(PlanTest, TheMachineMayBeMissing) {
  Json json = Json::parse(plan_to_json(sample_plan()));
  json.erase("machine");
  const Result<Plan> plan = plan_from_json(json.dump());
  ASSERT_TRUE(plan.ok()) << to_string(plan.error());
  EXPECT_TRUE(plan->machine == PlanMachine{});
}

TEST(PlanTest, EveryMissingKeyIsNamed) {
  const Json good = Json::parse(plan_to_json(sample_plan()));
  const auto expect_missing = [](const Json& json, const std::string& path) {
    const Error error = error_of(json);
    EXPECT_EQ(error.code, ErrorCode::kInvalidInput);
    EXPECT_EQ(error.message, path + " is missing");
  };
  for (const auto& [key, value] : good.items()) {
    if (key == "machine") continue;
    Json json = good;
    json.erase(key);
    expect_missing(json, key);
  }
  for (const auto& [key, value] : good["machine"].items()) {
    Json json = good;
    json["machine"].erase(key);
    expect_missing(json, "machine." + key);
  }
  for (const auto& [key, value] : good["layers"][1].items()) {
    Json json = good;
    json["layers"][1].erase(key);
    expect_missing(json, "layers[1]." + key);
  }
  for (const auto& [key, value] : good["transforms"][0].items()) {
    Json json = good;
    json["transforms"][0].erase(key);
    expect_missing(json, "transforms[0]." + key);
  }
}

// Whatever the type of a key, one of these is wrong for it.
TEST(PlanTest, EveryWrongTypeIsNamed) {
  const Json good = Json::parse(plan_to_json(sample_plan()));
  const std::vector<Json> wrong = {nullptr, true, "text", -7.5, Json::array({1}), Json::object()};
  const auto expect_wrong = [&](const std::string& path,
                                const std::function<Json(const Json&)>& with) {
    int refused = 0;
    for (const Json& value : wrong) {
      const Result<Plan> plan = plan_from_json(with(value).dump());
      if (plan.ok()) continue;
      ++refused;
      EXPECT_EQ(plan.error().code, ErrorCode::kInvalidInput);
      EXPECT_EQ(plan.error().message.rfind(path, 0), 0U) << plan.error().message;
      EXPECT_NE(plan.error().message.find(" must "), std::string::npos);
    }
    EXPECT_GE(refused, 5) << path;  // a free text takes "text", and nothing else
  };
  for (const auto& [key, old] : good.items()) {
    if (key == "machine") continue;  // an empty object is of the right type
    expect_wrong(key, [&, name = key](const Json& value) {
      Json json = good;
      json[name] = value;
      return json;
    });
  }
  for (const auto& [key, old] : good["machine"].items()) {
    expect_wrong("machine." + key, [&, name = key](const Json& value) {
      Json json = good;
      json["machine"][name] = value;
      return json;
    });
  }
  for (const char* const list : {"layers", "transforms"}) {
    for (const auto& [key, old] : good[list][0].items()) {
      expect_wrong(std::string(list) + "[0]." + key, [&, name = key](const Json& value) {
        Json json = good;
        json[list][0][name] = value;
        return json;
      });
    }
  }
}

TEST(PlanTest, AbsurdValuesAreNamed) {
  const Json good = Json::parse(plan_to_json(sample_plan()));
  struct Absurd {
    const char* pointer;
    Json value;
    const char* message;
  };
  const std::vector<Absurd> cases = {
      {"/schema", "kernwise.plan/2", "schema must be \"kernwise.plan/1\", not 'kernwise.plan/2'"},
      {"/threads", 0, "threads must be from 1 to 65536, not 0"},
      {"/threads", 2.5, "threads must be a whole number"},
      {"/threads", uint64_t{1} << 63, "threads must be from 1 to 65536, not 9223372036854775808"},
      {"/predicted_total_s", -1e-9, "predicted_total_s must be from 0 to 1000000000, not -1e-09"},
      {"/peak_bytes", -1, "peak_bytes must be from 0 to 1125899906842624, not -1"},
      {"/gap_ratio", 1.5, "gap_ratio must be from 0 to 1, not 1.5"},
      {"/calibration_ratio", 0, "calibration_ratio must be from 1e-06 to 1000000, not 0"},
      {"/layers/0/primitive", "", "layers[0].primitive must not be empty"},
      {"/layers/1/in", "nchw4c",
       "layers[1].in must be a layout such as nchw or nhwc, not 'nchw4c'"},
      {"/layers/0/grade", "G", "layers[0].grade must be a grade from A to F, not 'G'"},
      {"/layers/0/grade", "AB", "layers[0].grade must be a grade from A to F, not 'AB'"},
      {"/layers/1/time_s", 1e10, "layers[1].time_s must be from 0 to 1000000000, not 10000000000"},
      {"/layers/1", 3, "layers[1] must be an object"},
      {"/transforms", Json::object(), "transforms must be a list"},
      {"/machine", 3, "machine must be an object"},
      {"/machine/l2_bytes", -1, "machine.l2_bytes must be from 0 to 1125899906842624, not -1"},
  };
  for (const Absurd& absurd : cases) {
    Json json = good;
    json[Json::json_pointer(absurd.pointer)] = absurd.value;
    EXPECT_EQ(error_of(json).message, absurd.message);
  }
}

TEST(PlanTest, UnknownKeysArePassedOver) {
  Json json = Json::parse(plan_to_json(sample_plan()));
  json["comment"] = "by hand";
  json["layers"][0]["note"] = {1, 2, 3};
  const Result<Plan> plan = plan_from_json(json.dump());
  ASSERT_TRUE(plan.ok());
  EXPECT_TRUE(*plan == sample_plan());
}

TEST(PlanTest, TextThatIsNoPlanIsInvalidInput) {
  std::string truncated = plan_to_json(sample_plan());
  truncated.resize(truncated.size() / 2);
  const std::vector<std::string> texts = {"",
                                          "plan",
                                          "null",
                                          "[]",
                                          "{}",
                                          truncated,
                                          "\xff",
                                          "1e999",
                                          "{\"schema\": \"kernwise.plan/1\"} x",
                                          std::string(3, '\0'),
                                          "{\"schema\": \"\\",  // ends within an escape
                                          "{\"schema\": \"\xc3\x28\"}"};
  for (const std::string& text : texts) {
    const Result<Plan> plan = plan_from_json(text);
    ASSERT_FALSE(plan.ok()) << text;
    EXPECT_EQ(plan.error().code, ErrorCode::kInvalidInput) << text;
  }
  EXPECT_NE(plan_from_json(truncated).error().message.find("mistake at byte"), std::string::npos);
}

TEST(PlanTest, HugeNestedAndCrowdedTextsAreTurnedAway) {
  const std::string deep = std::string(30 << 20, '[');
  std::string crowded = "[";
  for (int i = 0; i < (3 << 20); ++i) crowded += "0,";
  const std::string huge = std::string((64 << 20) + 1, ' ');
  EXPECT_NE(plan_from_json(deep).error().message.find("nested deeper than 32"), std::string::npos);
  EXPECT_NE(plan_from_json(crowded).error().message.find("more than 2097152 entries"),
            std::string::npos);
  EXPECT_NE(plan_from_json(huge).error().message.find("64.0 MiB"), std::string::npos);
  // Brackets in texts do not nest.
  Plan plan = sample_plan();
  plan.network = std::string(1000, '[') + "\\\"" + std::string(1000, '{');
  const Result<Plan> back = plan_from_json(plan_to_json(plan));
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(*back == plan);
}

class PlanFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("kernwise_plan_test_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(PlanFileTest, ASavedPlanLoads) {
  const std::filesystem::path path = folder_ / "plan.json";
  ASSERT_TRUE(save_plan(sample_plan(), path).ok());
  const Result<Plan> back = load_plan(path);
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(*back == sample_plan());
}

TEST_F(PlanFileTest, APlanThatWouldNotReadBackIsNotWritten) {
  const std::filesystem::path path = folder_ / "plan.json";
  Plan plan = sample_plan();
  plan.layers[0].time_s = std::numeric_limits<double>::quiet_NaN();
  const Status saved = save_plan(plan, path);
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().code, ErrorCode::kInternal);
  EXPECT_NE(saved.error().message.find("layers[0].time_s"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(PlanFileTest, ErrorsNameTheFile) {
  const std::filesystem::path path = folder_ / "plan.json";
  EXPECT_EQ(load_plan(path).error().context.at(0), path.string());
  ASSERT_TRUE(write_file(path, "{}").ok());
  const Error error = load_plan(path).error();
  EXPECT_EQ(error.message, "schema is missing");
  EXPECT_EQ(error.context.at(0), path.string());
}

// A path may hold any bytes; they are shown as well as can be, and nothing breaks.
TEST(PlanTest, BytesThatAreNoUtf8AreReplaced) {
  Plan plan = sample_plan();
  plan.network = "caf\xe9.onnx";
  const Result<Plan> back = plan_from_json(plan_to_json(plan));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->network, "caf\xef\xbf\xbd.onnx");
}

}  // namespace
}  // namespace kernwise
